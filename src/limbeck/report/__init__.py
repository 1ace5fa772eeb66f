"""Pure renderers: values in, text or JSON-ready values out.  No I/O."""
