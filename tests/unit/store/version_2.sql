PRAGMA application_id=1886155887;
PRAGMA user_version=2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE run(
  id TEXT NOT NULL CHECK(typeof(id)='text'),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  state TEXT NOT NULL CHECK(CASE state WHEN 'running' THEN 1 WHEN 'done' THEN 1 WHEN 'interrupted' THEN 1 WHEN 'failed' THEN 1 ELSE 0 END),
  task_type TEXT CHECK(typeof(task_type) IN ('text','null')),
  command TEXT CHECK(typeof(command) IN ('text','null')),
  threads INTEGER NOT NULL CHECK(typeof(threads)='integer' AND threads>=0),
  baseline INTEGER NOT NULL CHECK(typeof(baseline)='integer' AND baseline>=0),
  blocks INTEGER NOT NULL CHECK(typeof(blocks)='integer' AND blocks>=0),
  capacity INTEGER NOT NULL CHECK(typeof(capacity)='integer' AND capacity>=0),
  seed TEXT NOT NULL CHECK(typeof(seed)='text'),
  origin_calendar_ns INTEGER NOT NULL CHECK(typeof(origin_calendar_ns)='integer'),
  finished_calendar_ns INTEGER CHECK(typeof(finished_calendar_ns) IN ('integer','null')),
  plateau_version TEXT CHECK(typeof(plateau_version) IN ('text','null')),
  scenario_sha256 TEXT CHECK(typeof(scenario_sha256) IN ('text','null')),
  scenario_text TEXT CHECK(typeof(scenario_text) IN ('text','null')),
  scenario_json TEXT CHECK(typeof(scenario_json) IN ('text','null')),
  topology_xml TEXT CHECK(typeof(topology_xml) IN ('text','null')),
  working_folder TEXT CHECK(typeof(working_folder) IN ('text','null')),
  program_path TEXT CHECK(typeof(program_path) IN ('text','null')),
  program_bytes INTEGER CHECK(program_bytes IS NULL OR typeof(program_bytes)='integer' AND program_bytes>=0),
  program_mtime_ns INTEGER CHECK(typeof(program_mtime_ns) IN ('integer','null')),
  program_sha256 TEXT CHECK(typeof(program_sha256) IN ('text','null')),
  PRIMARY KEY(id)
);
INSERT INTO run VALUES('0123456789abcdef0123456789abcdef','it''s a "name"','done','isr','plateau-isr {input}',1,1,2,2,'18446744073709551614',1790000000123456789,1790000060123456789,'0.1','00ff',replace('name: x\n# é\n','\n',char(10)),'{}','<topology/>',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE host(
  fact INTEGER NOT NULL CHECK(typeof(fact)='integer' AND fact>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  value TEXT CHECK(typeof(value) IN ('text','null')),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  PRIMARY KEY(fact)
);
INSERT INTO host VALUES(0,'processor','EPYC 7702',NULL);
INSERT INTO host VALUES(1,'pmu',NULL,'no hardware counters');
CREATE TABLE level(
  level INTEGER NOT NULL CHECK(typeof(level)='integer' AND level>=0),
  concurrency INTEGER NOT NULL CHECK(typeof(concurrency)='integer' AND concurrency>=0),
  policy TEXT CHECK(typeof(policy) IN ('text','null')),
  spelling TEXT CHECK(typeof(spelling) IN ('text','null')),
  oversubscribed INTEGER NOT NULL CHECK(oversubscribed IN (0,1) AND typeof(oversubscribed)='integer'),
  memory_bytes INTEGER CHECK(memory_bytes IS NULL OR typeof(memory_bytes)='integer' AND memory_bytes>=0),
  skipped TEXT CHECK(typeof(skipped) IN ('text','null')),
  PRIMARY KEY(level)
);
INSERT INTO level VALUES(0,1,'spread','1',0,1000,NULL);
INSERT INTO level VALUES(1,2,'spread','cores',1,NULL,NULL);
CREATE TABLE slot(
  level INTEGER NOT NULL REFERENCES level,
  slot INTEGER NOT NULL CHECK(typeof(slot)='integer' AND slot>=0),
  pus TEXT CHECK(typeof(pus) IN ('text','null')),
  own INTEGER NOT NULL CHECK(typeof(own)='integer' AND own>=0),
  core INTEGER CHECK(core IS NULL OR typeof(core)='integer' AND core>=0),
  l3 INTEGER CHECK(l3 IS NULL OR typeof(l3)='integer' AND l3>=0),
  numa INTEGER CHECK(numa IS NULL OR typeof(numa)='integer' AND numa>=0),
  package INTEGER CHECK(package IS NULL OR typeof(package)='integer' AND package>=0),
  PRIMARY KEY(level, slot)
) WITHOUT ROWID;
INSERT INTO slot VALUES(0,0,'0,2',1,0,NULL,0,0);
INSERT INTO slot VALUES(1,0,'0,2',1,0,NULL,0,0);
INSERT INTO slot VALUES(1,1,'1,3',1,1,NULL,0,0);
CREATE TABLE counter_event(
  event INTEGER NOT NULL CHECK(typeof(event)='integer' AND event>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  encoded TEXT NOT NULL CHECK(typeof(encoded)='text'),
  type INTEGER NOT NULL CHECK(typeof(type)='integer' AND type>=0),
  config INTEGER NOT NULL CHECK(typeof(config)='integer'),
  config1 INTEGER NOT NULL CHECK(typeof(config1)='integer'),
  user_only INTEGER NOT NULL CHECK(user_only IN (0,1) AND typeof(user_only)='integer'),
  state TEXT NOT NULL CHECK(CASE state WHEN 'ok' THEN 1 WHEN 'scaled' THEN 1 WHEN 'not-counted' THEN 1 WHEN 'not-supported' THEN 1 WHEN 'no-permission' THEN 1 WHEN 'detached' THEN 1 WHEN 'implausible' THEN 1 WHEN 'unknown' THEN 1 ELSE 0 END),
  reason TEXT NOT NULL CHECK(typeof(reason)='text'),
  PRIMARY KEY(event)
);
INSERT INTO counter_event VALUES(0,'task-clock','perf::TASK-CLOCK',1,1,0,0,'ok','');
INSERT INTO counter_event VALUES(1,'page-faults','perf::PAGE-FAULTS',1,-1,0,1,'ok','');
INSERT INTO counter_event VALUES(2,'cycles','',0,0,0,0,'not-supported','there is no PMU');
CREATE TABLE input(
  input INTEGER NOT NULL CHECK(typeof(input)='integer' AND input>=0),
  path TEXT NOT NULL CHECK(typeof(path)='text'),
  bytes INTEGER CHECK(bytes IS NULL OR typeof(bytes)='integer' AND bytes>=0),
  mtime_ns INTEGER CHECK(typeof(mtime_ns) IN ('integer','null')),
  PRIMARY KEY(input)
);
INSERT INTO input VALUES(0,'a, "b".fits',NULL,NULL);
INSERT INTO input VALUES(1,'c.fits',NULL,NULL);
CREATE TABLE trial(
  trial INTEGER NOT NULL CHECK(typeof(trial)='integer' AND trial>0),
  attempt INTEGER NOT NULL CHECK(typeof(attempt)='integer' AND attempt>0),
  block INTEGER NOT NULL CHECK(typeof(block)='integer' AND block>=0),
  level INTEGER NOT NULL REFERENCES level,
  state TEXT NOT NULL CHECK(CASE state WHEN 'pending' THEN 1 WHEN 'running' THEN 1 WHEN 'done' THEN 1 WHEN 'censored' THEN 1 WHEN 'abandoned' THEN 1 WHEN 'interrupted' THEN 1 WHEN 'skipped' THEN 1 ELSE 0 END),
  start_ns INTEGER CHECK(typeof(start_ns) IN ('integer','null')),
  end_ns INTEGER CHECK(typeof(end_ns) IN ('integer','null')),
  window_start_ns INTEGER CHECK(typeof(window_start_ns) IN ('integer','null')),
  window_end_ns INTEGER CHECK(typeof(window_end_ns) IN ('integer','null')),
  harness_cpu_ns INTEGER CHECK(typeof(harness_cpu_ns) IN ('integer','null')),
  harness_max_rss_bytes INTEGER CHECK(typeof(harness_max_rss_bytes) IN ('integer','null')),
  drain_ns INTEGER CHECK(typeof(drain_ns) IN ('integer','null')),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  PRIMARY KEY(trial, attempt)
) WITHOUT ROWID;
INSERT INTO trial VALUES(1,1,0,0,'done',1000000000000,1000200000000,1000050000000,1000150000000,1000000,NULL,NULL,NULL);
INSERT INTO trial VALUES(2,1,0,1,'done',2000000000000,2000100000000,2000050000000,2000050000000,1000000,NULL,NULL,NULL);
INSERT INTO trial VALUES(3,1,1,0,'done',3000000000000,3000200000000,3000050000000,3000150000000,1000000,NULL,NULL,NULL);
INSERT INTO trial VALUES(4,1,1,1,'done',4000000000000,4000100000000,4000050000000,4000050000000,1000000,NULL,NULL,NULL);
CREATE TABLE task(
  task INTEGER PRIMARY KEY,
  trial INTEGER,
  attempt INTEGER CHECK((attempt IS NULL)=(trial IS NULL)),
  task_index INTEGER NOT NULL CHECK(typeof(task_index)='integer' AND task_index>=0),
  slot INTEGER NOT NULL CHECK(typeof(slot)='integer' AND slot>=0),
  pu INTEGER CHECK(pu IS NULL OR typeof(pu)='integer' AND pu>=0),
  input INTEGER REFERENCES input,
  role TEXT NOT NULL CHECK(CASE role WHEN 'probe' THEN 1 WHEN 'warmup' THEN 1 WHEN 'measured' THEN 1 WHEN 'filler' THEN 1 ELSE 0 END),
  state TEXT NOT NULL CHECK(CASE state WHEN 'ok' THEN 1 WHEN 'failed' THEN 1 WHEN 'signaled' THEN 1 WHEN 'timeout' THEN 1 WHEN 'not-started' THEN 1 WHEN 'left-children' THEN 1 WHEN 'ended' THEN 1 ELSE 0 END),
  exit_status INTEGER CHECK(exit_status IS NULL OR typeof(exit_status)='integer' AND exit_status>=0),
  signal INTEGER CHECK(signal IS NULL OR typeof(signal)='integer' AND signal>=0),
  start_errno INTEGER CHECK(start_errno IS NULL OR typeof(start_errno)='integer' AND start_errno>=0),
  start_ns INTEGER NOT NULL CHECK(typeof(start_ns)='integer'),
  end_ns INTEGER NOT NULL CHECK(typeof(end_ns)='integer'),
  idle_before_ns INTEGER CHECK(typeof(idle_before_ns) IN ('integer','null')),
  user_ns INTEGER CHECK(typeof(user_ns) IN ('integer','null')),
  system_ns INTEGER CHECK(typeof(system_ns) IN ('integer','null')),
  max_rss_bytes INTEGER CHECK(typeof(max_rss_bytes) IN ('integer','null')),
  minor_faults INTEGER CHECK(typeof(minor_faults) IN ('integer','null')),
  major_faults INTEGER CHECK(typeof(major_faults) IN ('integer','null')),
  voluntary_switches INTEGER CHECK(typeof(voluntary_switches) IN ('integer','null')),
  involuntary_switches INTEGER CHECK(typeof(involuntary_switches) IN ('integer','null')),
  read_chars INTEGER CHECK(typeof(read_chars) IN ('integer','null')),
  write_chars INTEGER CHECK(typeof(write_chars) IN ('integer','null')),
  read_calls INTEGER CHECK(typeof(read_calls) IN ('integer','null')),
  write_calls INTEGER CHECK(typeof(write_calls) IN ('integer','null')),
  read_bytes INTEGER CHECK(typeof(read_bytes) IN ('integer','null')),
  write_bytes INTEGER CHECK(typeof(write_bytes) IN ('integer','null')),
  UNIQUE(trial, attempt, task_index),
  FOREIGN KEY(trial, attempt) REFERENCES trial
);
INSERT INTO task VALUES(1,NULL,NULL,0,0,NULL,0,'probe','ok',0,NULL,NULL,0,50000000,NULL,40000000,5000000,100000000,6,NULL,8,9,10,11,12,13,NULL,15);
INSERT INTO task VALUES(2,1,1,0,0,NULL,0,'warmup','ok',0,NULL,NULL,1000000000000,1000050000000,NULL,40000000,5000000,100000000,1000006,NULL,1000008,1000009,1000010,1000011,1000012,1000013,NULL,1000015);
INSERT INTO task VALUES(3,1,1,1,0,1,1,'measured','ok',0,NULL,NULL,1000050000000,1000100000000,200000,40000000,5000000,100000001,NULL,1000039,1000040,1000041,1000042,1000043,1000044,NULL,1000046,1000047);
INSERT INTO task VALUES(4,1,1,2,0,2,0,'measured','ok',0,NULL,NULL,1000100000000,1000150000000,200000,40000000,5000000,100000002,1000070,1000071,1000072,1000073,1000074,1000075,NULL,1000077,1000078,1000079);
INSERT INTO task VALUES(5,1,1,3,0,NULL,1,'filler','ended',NULL,15,NULL,1000150000000,1000200000000,200000,40000000,5000000,100000003,1000102,1000103,1000104,1000105,1000106,NULL,1000108,1000109,1000110,1000111);
INSERT INTO task VALUES(6,2,1,0,0,NULL,0,'warmup','ok',0,NULL,NULL,2000000000000,2000050000000,NULL,40000000,5000000,100000000,2000006,NULL,2000008,2000009,2000010,2000011,2000012,2000013,NULL,2000015);
INSERT INTO task VALUES(7,2,1,1,1,1,1,'warmup','ok',0,NULL,NULL,2000000000000,2000050000000,NULL,40000000,5000000,100000001,NULL,2000039,2000040,2000041,2000042,2000043,2000044,NULL,2000046,2000047);
INSERT INTO task VALUES(8,2,1,2,0,2,0,'measured','ok',0,NULL,NULL,2000050000000,2000100000000,200000,40000000,5000000,100000002,2000070,2000071,2000072,2000073,2000074,2000075,NULL,2000077,2000078,2000079);
INSERT INTO task VALUES(9,2,1,3,1,NULL,1,'filler','ended',NULL,15,NULL,2000050000000,2000100000000,200000,40000000,5000000,100000003,2000102,2000103,2000104,2000105,2000106,NULL,2000108,2000109,2000110,2000111);
INSERT INTO task VALUES(10,3,1,0,0,NULL,0,'warmup','ok',0,NULL,NULL,3000000000000,3000050000000,NULL,40000000,5000000,100000000,3000006,NULL,3000008,3000009,3000010,3000011,3000012,3000013,NULL,3000015);
INSERT INTO task VALUES(11,3,1,1,0,1,1,'measured','ok',0,NULL,NULL,3000050000000,3000100000000,200000,40000000,5000000,100000001,NULL,3000039,3000040,3000041,3000042,3000043,3000044,NULL,3000046,3000047);
INSERT INTO task VALUES(12,3,1,2,0,2,0,'measured','ok',0,NULL,NULL,3000100000000,3000150000000,200000,40000000,5000000,100000002,3000070,3000071,3000072,3000073,3000074,3000075,NULL,3000077,3000078,3000079);
INSERT INTO task VALUES(13,3,1,3,0,NULL,1,'filler','ended',NULL,15,NULL,3000150000000,3000200000000,200000,40000000,5000000,100000003,3000102,3000103,3000104,3000105,3000106,NULL,3000108,3000109,3000110,3000111);
INSERT INTO task VALUES(14,4,1,0,0,NULL,0,'warmup','ok',0,NULL,NULL,4000000000000,4000050000000,NULL,40000000,5000000,100000000,4000006,NULL,4000008,4000009,4000010,4000011,4000012,4000013,NULL,4000015);
INSERT INTO task VALUES(15,4,1,1,1,1,1,'warmup','ok',0,NULL,NULL,4000000000000,4000050000000,NULL,40000000,5000000,100000001,NULL,4000039,4000040,4000041,4000042,4000043,4000044,NULL,4000046,4000047);
INSERT INTO task VALUES(16,4,1,2,0,2,0,'measured','ok',0,NULL,NULL,4000050000000,4000100000000,200000,40000000,5000000,100000002,4000070,4000071,4000072,4000073,4000074,4000075,NULL,4000077,4000078,4000079);
INSERT INTO task VALUES(17,4,1,3,1,NULL,1,'filler','ended',NULL,15,NULL,4000050000000,4000100000000,200000,40000000,5000000,100000003,4000102,4000103,4000104,4000105,4000106,NULL,4000108,4000109,4000110,4000111);
CREATE TABLE counter(
  task INTEGER NOT NULL REFERENCES task,
  event INTEGER NOT NULL REFERENCES counter_event,
  raw INTEGER NOT NULL CHECK(typeof(raw)='integer'),
  enabled_ns INTEGER NOT NULL CHECK(typeof(enabled_ns)='integer'),
  running_ns INTEGER NOT NULL CHECK(typeof(running_ns)='integer'),
  state TEXT NOT NULL CHECK(CASE state WHEN 'ok' THEN 1 WHEN 'scaled' THEN 1 WHEN 'not-counted' THEN 1 WHEN 'not-supported' THEN 1 WHEN 'no-permission' THEN 1 WHEN 'detached' THEN 1 WHEN 'implausible' THEN 1 WHEN 'unknown' THEN 1 ELSE 0 END),
  PRIMARY KEY(task, event)
) WITHOUT ROWID;
INSERT INTO counter VALUES(1,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(1,1,1,9,3,'scaled');
INSERT INTO counter VALUES(2,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(2,1,1000001,9,3,'scaled');
INSERT INTO counter VALUES(3,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(3,1,1000033,9,3,'scaled');
INSERT INTO counter VALUES(4,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(4,1,1000065,9,3,'scaled');
INSERT INTO counter VALUES(5,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(5,1,1000097,9,3,'scaled');
INSERT INTO counter VALUES(6,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(6,1,2000001,9,3,'scaled');
INSERT INTO counter VALUES(7,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(7,1,2000033,9,3,'scaled');
INSERT INTO counter VALUES(8,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(8,1,2000065,9,3,'scaled');
INSERT INTO counter VALUES(9,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(9,1,2000097,9,3,'scaled');
INSERT INTO counter VALUES(10,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(10,1,3000001,9,3,'scaled');
INSERT INTO counter VALUES(11,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(11,1,3000033,9,3,'scaled');
INSERT INTO counter VALUES(12,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(12,1,3000065,9,3,'scaled');
INSERT INTO counter VALUES(13,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(13,1,3000097,9,3,'scaled');
INSERT INTO counter VALUES(14,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(14,1,4000001,9,3,'scaled');
INSERT INTO counter VALUES(15,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(15,1,4000033,9,3,'scaled');
INSERT INTO counter VALUES(16,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(16,1,4000065,9,3,'scaled');
INSERT INTO counter VALUES(17,0,45000000,45000000,45000000,'ok');
INSERT INTO counter VALUES(17,1,4000097,9,3,'scaled');
CREATE TABLE phase(
  task INTEGER NOT NULL REFERENCES task,
  phase INTEGER NOT NULL CHECK(typeof(phase)='integer' AND phase>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  class TEXT CHECK(typeof(class) IN ('text','null')),
  start_ns INTEGER NOT NULL CHECK(typeof(start_ns)='integer'),
  end_ns INTEGER NOT NULL CHECK(typeof(end_ns)='integer'),
  PRIMARY KEY(task, phase)
) WITHOUT ROWID;
CREATE TABLE sample(
  sample INTEGER PRIMARY KEY,
  at_ns INTEGER NOT NULL CHECK(typeof(at_ns)='integer'),
  trial INTEGER CHECK(trial IS NULL OR typeof(trial)='integer' AND trial>=0),
  attempt INTEGER CHECK(attempt IS NULL OR typeof(attempt)='integer' AND attempt>=0),
  slot INTEGER CHECK(slot IS NULL OR typeof(slot)='integer' AND slot>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  value REAL CHECK(typeof(value) IN ('real','null'))
);
INSERT INTO sample VALUES(1,1000100000000,1,1,0,'peak_pss_bytes',90000001.0);
INSERT INTO sample VALUES(2,1000200000000,1,1,0,'peak_pss_bytes',90000003.0);
INSERT INTO sample VALUES(3,2000050000000,2,1,1,'peak_pss_bytes',90000001.0);
INSERT INTO sample VALUES(4,2000100000000,2,1,1,'peak_pss_bytes',90000003.0);
INSERT INTO sample VALUES(5,3000100000000,3,1,0,'peak_pss_bytes',90000001.0);
INSERT INTO sample VALUES(6,3000200000000,3,1,0,'peak_pss_bytes',90000003.0);
INSERT INTO sample VALUES(7,4000050000000,4,1,1,'peak_pss_bytes',90000001.0);
INSERT INTO sample VALUES(8,4000100000000,4,1,1,'peak_pss_bytes',90000003.0);
INSERT INTO sample VALUES(9,2000100000000,2,1,1,'exceeded_memory_limit',1.0);
INSERT INTO sample VALUES(10,3000000000000,2,1,NULL,'sampler_cpu_share',0.0030000000000000000624);
CREATE TABLE event(
  event INTEGER PRIMARY KEY,
  at_ns INTEGER CHECK(typeof(at_ns) IN ('integer','null')),
  trial INTEGER CHECK(trial IS NULL OR typeof(trial)='integer' AND trial>=0),
  attempt INTEGER CHECK(attempt IS NULL OR typeof(attempt)='integer' AND attempt>=0),
  slot INTEGER CHECK(slot IS NULL OR typeof(slot)='integer' AND slot>=0),
  code TEXT NOT NULL CHECK(typeof(code)='text'),
  text TEXT NOT NULL CHECK(typeof(text)='text')
);
INSERT INTO event VALUES(1,5,2,1,1,'left-children','One task left a child behind.');
CREATE TABLE output(
  task INTEGER NOT NULL REFERENCES task,
  stream TEXT NOT NULL CHECK(stream IN ('stdout','stderr')),
  total_bytes INTEGER NOT NULL CHECK(typeof(total_bytes)='integer' AND total_bytes>=0),
  head BLOB CHECK(typeof(head) IN ('blob','null')),
  tail BLOB CHECK(typeof(tail) IN ('blob','null')),
  PRIMARY KEY(task, stream)
);
INSERT INTO output VALUES(9,'stderr',6,X'6572726f720a',NULL);
CREATE VIEW last_trial AS SELECT r.*,
  l.concurrency, l.policy,
  (r.window_end_ns-r.window_start_ns)/1e9 AS window_s
FROM trial r JOIN level l USING(level)
WHERE r.attempt=(SELECT max(a.attempt) FROM trial a WHERE a.trial=r.trial);
CREATE VIEW task_wide AS SELECT
  l.concurrency, l.policy, r.block, t.*, r.state AS trial_state,
  (t.end_ns-t.start_ns)/1e9 AS wall_s,
  t.user_ns/1e9 AS user_s, t.system_ns/1e9 AS system_s,
  max(0, min(t.end_ns, r.window_end_ns)-max(t.start_ns, r.window_start_ns))/1e9 AS overlap_s,
  i.path AS input_path
FROM task t JOIN trial r ON r.trial=t.trial AND r.attempt=t.attempt
JOIN level l ON l.level=r.level LEFT JOIN input i ON i.input=t.input;
CREATE VIEW trial_summary AS SELECT
  r.trial, r.attempt, r.level, r.concurrency, r.policy, r.block, r.state, r.window_s,
  count(w.task) AS tasks,
  sum(w.state NOT IN ('ok','ended')) AS failed,
  sum(CASE WHEN w.state='ok' AND w.wall_s>0 THEN w.overlap_s/w.wall_s
      WHEN w.state='ok' THEN 1 END)/r.window_s AS throughput_per_s,
  sum(w.overlap_s)/r.window_s AS held
FROM last_trial r LEFT JOIN task_wide w
  ON w.trial=r.trial AND w.attempt=r.attempt AND w.role='measured'
WHERE r.state IN ('done','censored') GROUP BY r.trial, r.attempt;
CREATE VIEW level_summary AS SELECT
  concurrency, policy, count(*) AS trials, sum(tasks) AS tasks, sum(failed) AS failed,
  avg(throughput_per_s) AS throughput_per_s,
  min(throughput_per_s) AS lowest_per_s, max(throughput_per_s) AS highest_per_s,
  avg(held)/concurrency AS occupancy
FROM trial_summary GROUP BY level;
CREATE VIEW counter_value AS SELECT
  c.task, e.name, CASE c.state WHEN 'ok' THEN c.raw WHEN 'scaled' THEN CASE WHEN c.running_ns>0 THEN 1.0*c.raw*c.enabled_ns/c.running_ns END END AS value, c.state
FROM counter c JOIN counter_event e ON e.event=c.event;
COMMIT;
