PRAGMA application_id=1886151533;
PRAGMA user_version=1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE campaign(
  label TEXT NOT NULL CHECK(typeof(label)='text'),
  format TEXT NOT NULL CHECK(typeof(format)='text'),
  source TEXT CHECK(typeof(source) IN ('text','null')),
  max_rss_of TEXT CHECK(typeof(max_rss_of) IN ('text','null')),
  cpu_of TEXT CHECK(typeof(cpu_of) IN ('text','null')),
  imported_calendar_ns INTEGER CHECK(typeof(imported_calendar_ns) IN ('integer','null')),
  plateau_version TEXT CHECK(typeof(plateau_version) IN ('text','null')),
  tasks INTEGER NOT NULL CHECK(typeof(tasks)='integer' AND tasks>=0)
);
INSERT INTO campaign VALUES('w1','csv','camp.csv',NULL,NULL,1795240293991243202,'0.1.0-dev',6);
CREATE TABLE type(
  type INTEGER NOT NULL CHECK(typeof(type)='integer' AND type>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  PRIMARY KEY(type)
);
INSERT INTO type VALUES(0,'isr');
INSERT INTO type VALUES(1,'coadd');
CREATE TABLE covariate(
  covariate INTEGER NOT NULL CHECK(typeof(covariate)='integer' AND covariate>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  kind TEXT NOT NULL CHECK(CASE kind WHEN 'number' THEN 1 WHEN 'label' THEN 1 ELSE 0 END),
  PRIMARY KEY(covariate)
);
INSERT INTO covariate VALUES(1,'nproc','number');
INSERT INTO covariate VALUES(2,'visits','number');
INSERT INTO covariate VALUES(3,'band','label');
CREATE TABLE label(
  covariate INTEGER NOT NULL REFERENCES covariate,
  label INTEGER NOT NULL CHECK(typeof(label)='integer' AND label>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  PRIMARY KEY(covariate, label)
) WITHOUT ROWID;
INSERT INTO label VALUES(3,0,'r');
INSERT INTO label VALUES(3,1,'g');
INSERT INTO label VALUES(3,2,'i');
CREATE TABLE remark(
  remark INTEGER NOT NULL CHECK(typeof(remark)='integer' AND remark>=0),
  text TEXT NOT NULL CHECK(typeof(text)='text'),
  PRIMARY KEY(remark)
);
INSERT INTO remark VALUES(0,'columns were guessed: type from "label", wall_s from "run_time" (s, assumed), max_rss_bytes from "memory (MB)" (MB), cpu_s from "cpu_time" (s, assumed), state from "State", start_s from "start" (s, assumed)');
CREATE TABLE task(
  task INTEGER PRIMARY KEY,
  type INTEGER NOT NULL REFERENCES type CHECK(typeof(type)='integer'),
  attempt INTEGER CHECK(attempt IS NULL OR typeof(attempt)='integer' AND attempt>=0),
  state TEXT NOT NULL CHECK(CASE state WHEN 'done' THEN 1 WHEN 'failed' THEN 1 WHEN 'timed-out' THEN 1 WHEN 'out-of-memory' THEN 1 WHEN 'lost' THEN 1 WHEN 'unfinished' THEN 1 WHEN 'unknown' THEN 1 ELSE 0 END),
  superseded INTEGER NOT NULL CHECK(superseded IN (0,1) AND typeof(superseded)='integer'),
  cores INTEGER CHECK(cores IS NULL OR typeof(cores)='integer' AND cores>=0),
  start_calendar_ns INTEGER CHECK(typeof(start_calendar_ns) IN ('integer','null')),
  wall_ns INTEGER CHECK(wall_ns IS NULL OR typeof(wall_ns)='integer' AND wall_ns>=0),
  cpu_ns INTEGER CHECK(cpu_ns IS NULL OR typeof(cpu_ns)='integer' AND cpu_ns>=0),
  max_rss_bytes INTEGER CHECK(max_rss_bytes IS NULL OR typeof(max_rss_bytes)='integer' AND max_rss_bytes>=0),
  covariate_1 REAL CHECK(typeof(covariate_1) IN ('real','null')),
  covariate_2 REAL CHECK(typeof(covariate_2) IN ('real','null')),
  covariate_3 INTEGER CHECK(covariate_3 IS NULL OR typeof(covariate_3)='integer' AND covariate_3>=0)
);
INSERT INTO task VALUES(0,0,NULL,'done',0,NULL,NULL,22500000000,20500000000,2590500000,1.0,1.0,0);
INSERT INTO task VALUES(1,0,NULL,'done',0,NULL,NULL,23500000000,21500000000,2600500000,1.0,2.0,1);
INSERT INTO task VALUES(2,0,NULL,'failed',0,NULL,NULL,24500000000,22500000000,2700500000,1.0,3.0,0);
INSERT INTO task VALUES(3,1,NULL,'done',0,NULL,NULL,124500000000,122500000000,7700500000,2.0,10.0,0);
INSERT INTO task VALUES(4,1,NULL,'done',0,NULL,NULL,144500000000,142500000000,8700500000,2.0,20.0,1);
INSERT INTO task VALUES(5,1,NULL,'out-of-memory',0,NULL,NULL,164500000000,162500000000,NULL,2.0,30.0,2);
CREATE VIEW task_wide AS SELECT
  t.task, y.name AS type, t.attempt, t.state, t.superseded, t.cores,
  datetime(t.start_calendar_ns/1000000000, 'unixepoch') AS start_utc,
  t.wall_ns/1e9 AS wall_s, t.cpu_ns/1e9 AS cpu_s,
  t.cpu_ns*1.0/t.wall_ns/coalesce(t.cores, 1) AS cpu_efficiency,
  t.max_rss_bytes/1e9 AS max_rss_gb,
  t.covariate_1,
  t.covariate_2,
  (SELECT l.name FROM label l WHERE l.covariate=3 AND l.label=t.covariate_3) AS covariate_3
FROM task t JOIN type y ON y.type=t.type;
COMMIT;
