"""Revision files rewritten where lint has found what has one right answer; every other byte stays as it is."""
