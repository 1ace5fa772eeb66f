-- What the statements of statements.sql are about; each table has rows.
CREATE TYPE e AS ENUM ('x', 'y');
ALTER DATABASE locks SET timezone = 'UTC';
CREATE DOMAIN dm AS int;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SEQUENCE sq;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';

CREATE TABLE r (id int PRIMARY KEY);
INSERT INTO r SELECT generate_series(1, 100);

CREATE TABLE t (
    id int PRIMARY KEY, a int DEFAULT 1, b varchar(20), n numeric(10, 2), j json, ts timestamp, r_id int,
    CONSTRAINT ck CHECK (a >= 0)
);
INSERT INTO t SELECT i, i, 'b', i, '{}', now(), i FROM generate_series(1, 100) AS i;
CREATE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_u2 ON t (id, a);
CREATE TRIGGER tg BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
CREATE VIEW v AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
CREATE UNIQUE INDEX mvu ON mv (id);

-- ckn: proven by a CHECK that no NULL is there.  tn: no key yet.  nv: constraints that nobody has checked.
CREATE TABLE ckn (a int, CONSTRAINT filled CHECK (a IS NOT NULL));
INSERT INTO ckn SELECT generate_series(1, 100);
CREATE TABLE tn (id int NOT NULL, b text);
INSERT INTO tn SELECT i, 'b' FROM generate_series(1, 100) AS i;
CREATE UNIQUE INDEX tn_u ON tn (id);
CREATE INDEX tn_b ON tn (b);
CREATE TABLE nv (a int, r_id int);
INSERT INTO nv SELECT i, i FROM generate_series(1, 100) AS i;
ALTER TABLE nv ADD CONSTRAINT nvc CHECK (a > 0) NOT VALID;
ALTER TABLE nv ADD CONSTRAINT nvf FOREIGN KEY (r_id) REFERENCES r (id) NOT VALID;

CREATE TABLE td (id int PRIMARY KEY, d dm);
INSERT INTO td SELECT i, i FROM generate_series(1, 100) AS i;
CREATE TABLE ts2 (x timestamp, y interval(2), c varchar(20));
INSERT INTO ts2 SELECT now(), '1 day', 'c' FROM generate_series(1, 100);
CREATE INDEX ts2_x ON ts2 (x);
CREATE TABLE ser (id int GENERATED ALWAYS AS IDENTITY);
INSERT INTO ser SELECT FROM generate_series(1, 100);
CREATE TABLE fkc (id int PRIMARY KEY, r_id int REFERENCES r (id));
INSERT INTO fkc SELECT i, i FROM generate_series(1, 100) AS i;
CREATE TABLE par (a int);
CREATE TABLE kid (a int);
CREATE UNLOGGED TABLE u (a int);
INSERT INTO u SELECT generate_series(1, 100);

CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE pdef PARTITION OF p DEFAULT;
INSERT INTO p SELECT i FROM generate_series(1, 9) AS i;
INSERT INTO p SELECT i FROM generate_series(1000, 1100) AS i;
CREATE TABLE p2 (id int);
INSERT INTO p2 SELECT i FROM generate_series(20, 29) AS i;
CREATE TABLE p3 (id int, CONSTRAINT bounds CHECK (id IS NOT NULL AND id >= 50 AND id < 60));
INSERT INTO p3 SELECT i FROM generate_series(50, 59) AS i;
CREATE TABLE q (id int) PARTITION BY RANGE (id);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (0) TO (10);
ANALYZE;
