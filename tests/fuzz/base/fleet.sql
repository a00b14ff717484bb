PRAGMA application_id=1886152300;
PRAGMA user_version=3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE fleet(
  id TEXT CHECK(typeof(id) IN ('text','null')),
  name TEXT CHECK(typeof(name) IN ('text','null')),
  folder TEXT CHECK(typeof(folder) IN ('text','null')),
  plateau_version TEXT CHECK(typeof(plateau_version) IN ('text','null')),
  scenario_text TEXT CHECK(typeof(scenario_text) IN ('text','null')),
  scenario_sha256 TEXT CHECK(typeof(scenario_sha256) IN ('text','null')),
  created_ns INTEGER CHECK(typeof(created_ns) IN ('integer','null')),
  observed_ns INTEGER CHECK(typeof(observed_ns) IN ('integer','null')),
  has_accounting INTEGER NOT NULL CHECK(has_accounting IN (0,1) AND typeof(has_accounting)='integer')
);
INSERT INTO fleet VALUES(NULL,'acceptance',NULL,NULL,NULL,'00ff',NULL,1795240292796218816,0);
CREATE TABLE node(
  node INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  partitions TEXT CHECK(typeof(partitions) IN ('text','null')),
  site_state TEXT CHECK(typeof(site_state) IN ('text','null')),
  site_reason TEXT CHECK(typeof(site_reason) IN ('text','null')),
  site_reason_by TEXT CHECK(typeof(site_reason_by) IN ('text','null')),
  verdict TEXT NOT NULL CHECK(CASE verdict WHEN 'pass' THEN 1 WHEN 'slow' THEN 1 WHEN 'fail' THEN 1 WHEN 'inconclusive' THEN 1 WHEN 'hung' THEN 1 WHEN 'node-fail' THEN 1 WHEN 'no-result' THEN 1 WHEN 'held' THEN 1 WHEN 'running' THEN 1 WHEN 'pending' THEN 1 WHEN 'not-run' THEN 1 ELSE 0 END),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  UNIQUE(name)
);
INSERT INTO node VALUES(0,'icelake001',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(1,'icelake002',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(2,'rome001',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(3,'rome002',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(4,'rome003',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(5,'rome004',NULL,NULL,NULL,NULL,'pass',NULL);
INSERT INTO node VALUES(6,'rome010',NULL,NULL,NULL,NULL,'pass',NULL);
CREATE TABLE attempt(
  attempt INTEGER PRIMARY KEY,
  node INTEGER NOT NULL REFERENCES node,
  number INTEGER NOT NULL CHECK(typeof(number)='integer' AND number>=1),
  verdict TEXT NOT NULL CHECK(CASE verdict WHEN 'pass' THEN 1 WHEN 'slow' THEN 1 WHEN 'fail' THEN 1 WHEN 'inconclusive' THEN 1 WHEN 'hung' THEN 1 WHEN 'node-fail' THEN 1 WHEN 'no-result' THEN 1 WHEN 'held' THEN 1 WHEN 'running' THEN 1 WHEN 'pending' THEN 1 WHEN 'not-run' THEN 1 ELSE 0 END),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  has_job INTEGER NOT NULL CHECK(has_job IN (0,1) AND typeof(has_job)='integer'),
  is_forgotten INTEGER NOT NULL CHECK(is_forgotten IN (0,1) AND typeof(is_forgotten)='integer'),
  refused TEXT CHECK(typeof(refused) IN ('text','null')),
  result_path TEXT CHECK(typeof(result_path) IN ('text','null')),
  result_sha256 TEXT CHECK(typeof(result_sha256) IN ('text','null')),
  result_bytes INTEGER CHECK(result_bytes IS NULL OR typeof(result_bytes)='integer' AND result_bytes>=0),
  result_mtime_ns INTEGER CHECK(typeof(result_mtime_ns) IN ('integer','null')),
  unreadable TEXT CHECK(typeof(unreadable) IN ('text','null')),
  criteria_verdict TEXT NOT NULL CHECK(CASE criteria_verdict WHEN 'pass' THEN 1 WHEN 'fail' THEN 1 WHEN 'inconclusive' THEN 1 WHEN 'skipped' THEN 1 ELSE 0 END),
  UNIQUE(node, number)
);
INSERT INTO attempt VALUES(0,0,1,'pass',NULL,0,0,NULL,'/results/icelake001.db','07f722fd736e067e994c11aa8560632a0e0e03bfc987702246c465721481395b',319488,1795240121096717123,NULL,'skipped');
INSERT INTO attempt VALUES(1,1,1,'pass',NULL,0,0,NULL,'/results/icelake002.db','75d6df8f90123bf68ad3022cf0cbad6955fdb6803171098bf0dccc7f92eb5dff',319488,1795240121203584276,NULL,'skipped');
INSERT INTO attempt VALUES(2,2,1,'pass',NULL,1,0,NULL,'/results/rome001.db','5b4d5f724bd2de1e5dcbbceb81c97f02947f05ef6967cdc085cf7b200eefe38f',536576,1795240108786513039,NULL,'skipped');
INSERT INTO attempt VALUES(3,3,1,'pass',NULL,0,0,NULL,'/results/rome002.db','18cda7303dafe8948c06a5ba49a1ad2a367eccc19cb7be9232555fe3bc1195e7',536576,1795240109018513047,NULL,'skipped');
INSERT INTO attempt VALUES(4,4,1,'pass',NULL,0,0,NULL,'/results/rome003.db','dfd8d8330627e12f4e2c5f5ff730c5e15b1729cd8df0ee3064ff5d022a60adad',536576,1795240109322513058,NULL,'skipped');
INSERT INTO attempt VALUES(5,5,1,'pass',NULL,0,0,NULL,'/results/rome004.db','a7408b1eb78dc23d2576af11f522a3be2fcd443cec7d5f06fcb304a0497eed67',536576,1795240109526513065,NULL,'skipped');
INSERT INTO attempt VALUES(6,6,1,'pass',NULL,0,0,NULL,'/results/rome010.db','828639df1106aee9c6ab512df586d0c6ba47ef398e55b5fceaf618cddae1d516',536576,1795240110910513115,NULL,'skipped');
CREATE TABLE job(
  attempt INTEGER PRIMARY KEY REFERENCES attempt,
  id TEXT CHECK(typeof(id) IN ('text','null')),
  name TEXT CHECK(typeof(name) IN ('text','null')),
  comment TEXT CHECK(typeof(comment) IN ('text','null')),
  node TEXT CHECK(typeof(node) IN ('text','null')),
  partition TEXT CHECK(typeof(partition) IN ('text','null')),
  state TEXT NOT NULL CHECK(CASE state WHEN 'unknown' THEN 1 WHEN 'pending' THEN 1 WHEN 'held' THEN 1 WHEN 'running' THEN 1 WHEN 'done' THEN 1 WHEN 'failed' THEN 1 WHEN 'timeout' THEN 1 WHEN 'node-fail' THEN 1 WHEN 'cancelled' THEN 1 WHEN 'out-of-memory' THEN 1 ELSE 0 END),
  state_word TEXT CHECK(typeof(state_word) IN ('text','null')),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  cancelled_by TEXT CHECK(typeof(cancelled_by) IN ('text','null')),
  submitted_ns INTEGER CHECK(typeof(submitted_ns) IN ('integer','null')),
  started_ns INTEGER CHECK(typeof(started_ns) IN ('integer','null')),
  ended_ns INTEGER CHECK(typeof(ended_ns) IN ('integer','null')),
  time_limit_ns INTEGER CHECK(time_limit_ns IS NULL OR typeof(time_limit_ns)='integer' AND time_limit_ns>=0),
  exit_code INTEGER NOT NULL CHECK(typeof(exit_code)='integer' AND exit_code>=-1),
  signal INTEGER NOT NULL CHECK(typeof(signal)='integer' AND signal>=0),
  max_rss_bytes INTEGER CHECK(max_rss_bytes IS NULL OR typeof(max_rss_bytes)='integer' AND max_rss_bytes>=0),
  ave_rss_bytes INTEGER CHECK(ave_rss_bytes IS NULL OR typeof(ave_rss_bytes)='integer' AND ave_rss_bytes>=0),
  rss_reason TEXT CHECK(typeof(rss_reason) IN ('text','null'))
);
INSERT INTO job VALUES(0,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
INSERT INTO job VALUES(1,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
INSERT INTO job VALUES(2,'17',NULL,NULL,NULL,NULL,'failed','FAILED','NonZeroExitCode',NULL,1790000000000000000,NULL,NULL,NULL,-1,0,422051840,NULL,NULL);
INSERT INTO job VALUES(3,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
INSERT INTO job VALUES(4,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
INSERT INTO job VALUES(5,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
INSERT INTO job VALUES(6,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,NULL,NULL,NULL,NULL,NULL,-1,0,NULL,NULL,NULL);
CREATE TABLE report(
  attempt INTEGER PRIMARY KEY REFERENCES attempt,
  node TEXT CHECK(typeof(node) IN ('text','null')),
  found_node TEXT CHECK(typeof(found_node) IN ('text','null')),
  host TEXT CHECK(typeof(host) IN ('text','null')),
  job TEXT CHECK(typeof(job) IN ('text','null')),
  number INTEGER NOT NULL CHECK(typeof(number)='integer' AND number>=0),
  stage TEXT NOT NULL CHECK(CASE stage WHEN 'starting' THEN 1 WHEN 'running' THEN 1 WHEN 'moving' THEN 1 WHEN 'done' THEN 1 ELSE 0 END),
  exit_code INTEGER NOT NULL CHECK(typeof(exit_code)='integer' AND exit_code>=-1),
  signal INTEGER NOT NULL CHECK(typeof(signal)='integer' AND signal>=0),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  cpus TEXT CHECK(typeof(cpus) IN ('text','null')),
  cpu_count INTEGER NOT NULL CHECK(typeof(cpu_count)='integer' AND cpu_count>=0),
  granted_cpu_count INTEGER NOT NULL CHECK(typeof(granted_cpu_count)='integer' AND granted_cpu_count>=0),
  memory_bytes INTEGER CHECK(memory_bytes IS NULL OR typeof(memory_bytes)='integer' AND memory_bytes>=0),
  started_ns INTEGER CHECK(typeof(started_ns) IN ('integer','null')),
  updated_ns INTEGER CHECK(typeof(updated_ns) IN ('integer','null')),
  ended_ns INTEGER CHECK(typeof(ended_ns) IN ('integer','null')),
  result TEXT CHECK(typeof(result) IN ('text','null')),
  result_bytes INTEGER CHECK(result_bytes IS NULL OR typeof(result_bytes)='integer' AND result_bytes>=0),
  result_sha256 TEXT CHECK(typeof(result_sha256) IN ('text','null')),
  is_partial INTEGER NOT NULL CHECK(is_partial IN (0,1) AND typeof(is_partial)='integer'),
  trials_done INTEGER NOT NULL CHECK(typeof(trials_done)='integer' AND trials_done>=0),
  trials_planned INTEGER NOT NULL CHECK(typeof(trials_planned)='integer' AND trials_planned>=0)
);
INSERT INTO report VALUES(2,'rome003','rome003','rome003','17',1,'done',1,0,'3 of 40 tasks failed','0-127',128,128,500000000000,1790000000000000000,1790000050000000000,1790000060000000000,'result.db',4096,NULL,0,10,10);
INSERT INTO report VALUES(3,'rome004','rome004','rome004','18',1,'running',-1,0,NULL,'0-127',128,128,500000000000,1790000000000000000,1790000050000000000,NULL,NULL,NULL,NULL,0,3,10);
CREATE TABLE judgement(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  label TEXT CHECK(typeof(label) IN ('text','null')),
  verdict TEXT NOT NULL CHECK(CASE verdict WHEN 'pass' THEN 1 WHEN 'fail' THEN 1 WHEN 'inconclusive' THEN 1 WHEN 'skipped' THEN 1 ELSE 0 END),
  value REAL CHECK(typeof(value) IN ('real','null')),
  bound REAL CHECK(typeof(bound) IN ('real','null')),
  limit_value REAL CHECK(typeof(limit_value) IN ('real','null')),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  measure TEXT CHECK(typeof(measure) IN ('text','null')),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO judgement VALUES(2,0,'failures at N=128 at most 0','fail',3.0,1.0,0.0,'3 tasks failed','failures');
INSERT INTO judgement VALUES(2,1,'frequency at N=128 at least 2 GHz','pass',2200000000.0,2100000000.0,2000000000.0,NULL,'frequency');
CREATE TABLE profile(
  attempt INTEGER PRIMARY KEY REFERENCES attempt,
  run_id TEXT CHECK(typeof(run_id) IN ('text','null')),
  name TEXT CHECK(typeof(name) IN ('text','null')),
  host TEXT CHECK(typeof(host) IN ('text','null')),
  scenario_sha256 TEXT CHECK(typeof(scenario_sha256) IN ('text','null')),
  command TEXT CHECK(typeof(command) IN ('text','null')),
  started_ns INTEGER CHECK(typeof(started_ns) IN ('integer','null')),
  finished_ns INTEGER CHECK(typeof(finished_ns) IN ('integer','null')),
  state TEXT CHECK(typeof(state) IN ('text','null')),
  tasks INTEGER NOT NULL CHECK(typeof(tasks)='integer' AND tasks>=0),
  failed_tasks INTEGER NOT NULL CHECK(typeof(failed_tasks)='integer' AND failed_tasks>=0),
  trials_done INTEGER NOT NULL CHECK(typeof(trials_done)='integer' AND trials_done>=0),
  trials_planned INTEGER NOT NULL CHECK(typeof(trials_planned)='integer' AND trials_planned>=0),
  failure TEXT CHECK(typeof(failure) IN ('text','null'))
);
INSERT INTO profile VALUES(0,'00000000000f1ee70000000000000037','acceptance','icelake001','00ff','plateau-isr {input}',1790000000123456789,1790001060913712760,'done',774,0,6,6,NULL);
INSERT INTO profile VALUES(1,'00000000000f1ee70000000000000038','acceptance','icelake002','00ff','plateau-isr {input}',1790000000123456789,1790001203713194029,'done',776,0,6,6,NULL);
INSERT INTO profile VALUES(2,'00000000000f1ee70000000000000001','acceptance','rome001','00ff','plateau-isr {input}',1790000000123456789,1790001238100811162,'done',1520,0,6,6,NULL);
INSERT INTO profile VALUES(3,'00000000000f1ee70000000000000002','acceptance','rome002','00ff','plateau-isr {input}',1790000000123456789,1790001244846375463,'done',1510,0,6,6,NULL);
INSERT INTO profile VALUES(4,'00000000000f1ee70000000000000003','acceptance','rome003','00ff','plateau-isr {input}',1790000000123456789,1790001310559951589,'done',1488,0,6,6,NULL);
INSERT INTO profile VALUES(5,'00000000000f1ee70000000000000004','acceptance','rome004','00ff','plateau-isr {input}',1790000000123456789,1790001217110095214,'done',1499,0,6,6,NULL);
INSERT INTO profile VALUES(6,'00000000000f1ee7000000000000000a','acceptance','rome010','00ff','plateau-isr {input}',1790000000123456789,1790001296402610219,'done',1479,0,6,6,NULL);
CREATE TABLE policy(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO policy VALUES(0,0,'spread');
INSERT INTO policy VALUES(1,0,'spread');
INSERT INTO policy VALUES(2,0,'spread');
INSERT INTO policy VALUES(3,0,'spread');
INSERT INTO policy VALUES(4,0,'spread');
INSERT INTO policy VALUES(5,0,'spread');
INSERT INTO policy VALUES(6,0,'spread');
CREATE TABLE fact(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  name TEXT NOT NULL CHECK(typeof(name)='text'),
  value TEXT CHECK(typeof(value) IN ('text','null')),
  in_class INTEGER NOT NULL CHECK(in_class IN (0,1) AND typeof(in_class)='integer'),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO fact VALUES(0,0,'processor','Processor 2',1);
INSERT INTO fact VALUES(0,1,'packages','2',1);
INSERT INTO fact VALUES(0,2,'cores_allowed','64',1);
INSERT INTO fact VALUES(0,3,'pus_allowed','64',1);
INSERT INTO fact VALUES(0,4,'l3_caches','2',1);
INSERT INTO fact VALUES(0,5,'numa_nodes','2',1);
INSERT INTO fact VALUES(0,6,'numa_mode','SNC off',1);
INSERT INTO fact VALUES(0,7,'memory_total_bytes','269883485731',1);
INSERT INTO fact VALUES(0,8,'architecture',NULL,1);
INSERT INTO fact VALUES(0,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(0,10,'bios_version','1.9.2',1);
INSERT INTO fact VALUES(0,11,'microcode','0xd0003d1',1);
INSERT INTO fact VALUES(0,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(0,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(0,14,'system_product',NULL,1);
INSERT INTO fact VALUES(0,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(0,16,'boost','on',0);
INSERT INTO fact VALUES(0,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(0,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(0,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(0,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(0,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(0,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(0,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(0,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(0,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(0,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(0,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(0,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(0,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(1,0,'processor','Processor 2',1);
INSERT INTO fact VALUES(1,1,'packages','2',1);
INSERT INTO fact VALUES(1,2,'cores_allowed','64',1);
INSERT INTO fact VALUES(1,3,'pus_allowed','64',1);
INSERT INTO fact VALUES(1,4,'l3_caches','2',1);
INSERT INTO fact VALUES(1,5,'numa_nodes','2',1);
INSERT INTO fact VALUES(1,6,'numa_mode','SNC off',1);
INSERT INTO fact VALUES(1,7,'memory_total_bytes','269522758405',1);
INSERT INTO fact VALUES(1,8,'architecture',NULL,1);
INSERT INTO fact VALUES(1,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(1,10,'bios_version','1.9.2',1);
INSERT INTO fact VALUES(1,11,'microcode','0xd0003d1',1);
INSERT INTO fact VALUES(1,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(1,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(1,14,'system_product',NULL,1);
INSERT INTO fact VALUES(1,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(1,16,'boost','on',0);
INSERT INTO fact VALUES(1,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(1,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(1,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(1,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(1,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(1,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(1,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(1,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(1,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(1,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(1,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(1,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(1,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(2,0,'processor','AMD EPYC 7742 64-Core Processor',1);
INSERT INTO fact VALUES(2,1,'packages','2',1);
INSERT INTO fact VALUES(2,2,'cores_allowed','128',1);
INSERT INTO fact VALUES(2,3,'pus_allowed','128',1);
INSERT INTO fact VALUES(2,4,'l3_caches','32',1);
INSERT INTO fact VALUES(2,5,'numa_nodes','8',1);
INSERT INTO fact VALUES(2,6,'numa_mode','NPS4',1);
INSERT INTO fact VALUES(2,7,'memory_total_bytes','539962691549',1);
INSERT INTO fact VALUES(2,8,'architecture',NULL,1);
INSERT INTO fact VALUES(2,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(2,10,'bios_version','2.7.3',1);
INSERT INTO fact VALUES(2,11,'microcode','0x830107a',1);
INSERT INTO fact VALUES(2,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(2,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(2,14,'system_product',NULL,1);
INSERT INTO fact VALUES(2,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(2,16,'boost','on',0);
INSERT INTO fact VALUES(2,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(2,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(2,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(2,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(2,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(2,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(2,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(2,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(2,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(2,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(2,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(2,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(2,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(3,0,'processor','AMD EPYC 7742 64-Core Processor',1);
INSERT INTO fact VALUES(3,1,'packages','2',1);
INSERT INTO fact VALUES(3,2,'cores_allowed','128',1);
INSERT INTO fact VALUES(3,3,'pus_allowed','128',1);
INSERT INTO fact VALUES(3,4,'l3_caches','32',1);
INSERT INTO fact VALUES(3,5,'numa_nodes','8',1);
INSERT INTO fact VALUES(3,6,'numa_mode','NPS4',1);
INSERT INTO fact VALUES(3,7,'memory_total_bytes','539957290719',1);
INSERT INTO fact VALUES(3,8,'architecture',NULL,1);
INSERT INTO fact VALUES(3,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(3,10,'bios_version','2.7.3',1);
INSERT INTO fact VALUES(3,11,'microcode','0x830107a',1);
INSERT INTO fact VALUES(3,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(3,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(3,14,'system_product',NULL,1);
INSERT INTO fact VALUES(3,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(3,16,'boost','on',0);
INSERT INTO fact VALUES(3,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(3,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(3,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(3,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(3,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(3,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(3,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(3,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(3,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(3,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(3,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(3,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(3,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(4,0,'processor','AMD EPYC 7742 64-Core Processor',1);
INSERT INTO fact VALUES(4,1,'packages','2',1);
INSERT INTO fact VALUES(4,2,'cores_allowed','128',1);
INSERT INTO fact VALUES(4,3,'pus_allowed','128',1);
INSERT INTO fact VALUES(4,4,'l3_caches','32',1);
INSERT INTO fact VALUES(4,5,'numa_nodes','8',1);
INSERT INTO fact VALUES(4,6,'numa_mode','NPS4',1);
INSERT INTO fact VALUES(4,7,'memory_total_bytes','539692234078',1);
INSERT INTO fact VALUES(4,8,'architecture',NULL,1);
INSERT INTO fact VALUES(4,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(4,10,'bios_version','2.7.3',1);
INSERT INTO fact VALUES(4,11,'microcode','0x830107a',1);
INSERT INTO fact VALUES(4,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(4,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(4,14,'system_product',NULL,1);
INSERT INTO fact VALUES(4,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(4,16,'boost','on',0);
INSERT INTO fact VALUES(4,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(4,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(4,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(4,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(4,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(4,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(4,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(4,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(4,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(4,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(4,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(4,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(4,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(5,0,'processor','AMD EPYC 7742 64-Core Processor',1);
INSERT INTO fact VALUES(5,1,'packages','2',1);
INSERT INTO fact VALUES(5,2,'cores_allowed','128',1);
INSERT INTO fact VALUES(5,3,'pus_allowed','128',1);
INSERT INTO fact VALUES(5,4,'l3_caches','32',1);
INSERT INTO fact VALUES(5,5,'numa_nodes','8',1);
INSERT INTO fact VALUES(5,6,'numa_mode','NPS4',1);
INSERT INTO fact VALUES(5,7,'memory_total_bytes','539827802440',1);
INSERT INTO fact VALUES(5,8,'architecture',NULL,1);
INSERT INTO fact VALUES(5,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(5,10,'bios_version','2.7.3',1);
INSERT INTO fact VALUES(5,11,'microcode','0x830107a',1);
INSERT INTO fact VALUES(5,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(5,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(5,14,'system_product',NULL,1);
INSERT INTO fact VALUES(5,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(5,16,'boost','on',0);
INSERT INTO fact VALUES(5,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(5,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(5,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(5,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(5,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(5,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(5,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(5,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(5,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(5,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(5,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(5,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(5,29,'kernel_arguments',NULL,0);
INSERT INTO fact VALUES(6,0,'processor','AMD EPYC 7742 64-Core Processor',1);
INSERT INTO fact VALUES(6,1,'packages','2',1);
INSERT INTO fact VALUES(6,2,'cores_allowed','128',1);
INSERT INTO fact VALUES(6,3,'pus_allowed','128',1);
INSERT INTO fact VALUES(6,4,'l3_caches','32',1);
INSERT INTO fact VALUES(6,5,'numa_nodes','8',1);
INSERT INTO fact VALUES(6,6,'numa_mode','NPS4',1);
INSERT INTO fact VALUES(6,7,'memory_total_bytes','539209305362',1);
INSERT INTO fact VALUES(6,8,'architecture',NULL,1);
INSERT INTO fact VALUES(6,9,'hypervisor',NULL,1);
INSERT INTO fact VALUES(6,10,'bios_version','2.7.3',1);
INSERT INTO fact VALUES(6,11,'microcode','0x830107a',1);
INSERT INTO fact VALUES(6,12,'processor_stepping',NULL,1);
INSERT INTO fact VALUES(6,13,'memory_type',NULL,1);
INSERT INTO fact VALUES(6,14,'system_product',NULL,1);
INSERT INTO fact VALUES(6,15,'threads_per_core',NULL,0);
INSERT INTO fact VALUES(6,16,'boost','on',0);
INSERT INTO fact VALUES(6,17,'cpufreq_governor',NULL,0);
INSERT INTO fact VALUES(6,18,'cpufreq_driver',NULL,0);
INSERT INTO fact VALUES(6,19,'energy_preference',NULL,0);
INSERT INTO fact VALUES(6,20,'frequency_limit_hz',NULL,0);
INSERT INTO fact VALUES(6,21,'cpu_quota_cpus',NULL,0);
INSERT INTO fact VALUES(6,22,'memory_limit_bytes',NULL,0);
INSERT INTO fact VALUES(6,23,'transparent_hugepages',NULL,0);
INSERT INTO fact VALUES(6,24,'numa_balancing',NULL,0);
INSERT INTO fact VALUES(6,25,'huge_pages',NULL,0);
INSERT INTO fact VALUES(6,26,'mitigations',NULL,0);
INSERT INTO fact VALUES(6,27,'clock_source',NULL,0);
INSERT INTO fact VALUES(6,28,'kernel','6.1.0-18-amd64',0);
INSERT INTO fact VALUES(6,29,'kernel_arguments',NULL,0);
CREATE TABLE figure(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  concurrency INTEGER NOT NULL CHECK(typeof(concurrency)='integer' AND concurrency>=1),
  policy INTEGER NOT NULL CHECK(typeof(policy)='integer' AND policy>=0),
  measure TEXT NOT NULL CHECK(CASE measure WHEN 'throughput' THEN 1 WHEN 'efficiency' THEN 1 WHEN 'degradation' THEN 1 WHEN 'occupancy' THEN 1 WHEN 'wall' THEN 1 WHEN 'user' THEN 1 WHEN 'system' THEN 1 WHEN 'off_cpu' THEN 1 WHEN 'max_rss' THEN 1 WHEN 'peak_rss' THEN 1 WHEN 'peak_pss' THEN 1 WHEN 'cgroup_peak' THEN 1 WHEN 'frequency' THEN 1 WHEN 'cycles' THEN 1 WHEN 'instructions' THEN 1 WHEN 'llc_load_misses' THEN 1 WHEN 'cpi' THEN 1 WHEN 'instructions_factor' THEN 1 WHEN 'cpi_factor' THEN 1 WHEN 'clock_factor' THEN 1 WHEN 'kernel_factor' THEN 1 WHEN 'on_cpu_factor' THEN 1 WHEN 'off_cpu_factor' THEN 1 WHEN 'slowdown' THEN 1 WHEN 'energy_per_task' THEN 1 WHEN 'power' THEN 1 WHEN 'temperature' THEN 1 WHEN 'failures' THEN 1 WHEN 'failure_share' THEN 1 WHEN 'core_spread' THEN 1 WHEN 'l3_spread' THEN 1 WHEN 'package_spread' THEN 1 ELSE 0 END),
  value REAL CHECK(typeof(value) IN ('real','null')),
  low REAL CHECK(typeof(low) IN ('real','null')),
  high REAL CHECK(typeof(high) IN ('real','null')),
  n INTEGER NOT NULL CHECK(typeof(n)='integer' AND n>=0),
  source TEXT NOT NULL CHECK(typeof(source)='text'),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO figure VALUES(0,0,1,0,'throughput',0.035347642048614076604,0.034212695920290511764,0.036520238022398447685,3,'');
INSERT INTO figure VALUES(0,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(0,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(0,3,1,0,'occupancy',0.99999646503193040381,0.9999963492402238474,0.9999965808236503939,3,'');
INSERT INTO figure VALUES(0,4,1,0,'wall',28.290330191095137024,27.381977867365808521,29.22881561726217825,3,'');
INSERT INTO figure VALUES(0,5,1,0,'user',24.046396677207695802,23.166858405391096199,24.959326941933017707,3,'');
INSERT INTO figure VALUES(0,6,1,0,'system',0.74370298992289418649,0.71650077549173385449,0.77193794639044799321,3,'');
INSERT INTO figure VALUES(0,7,1,0,'off_cpu',3.5,3.4999999993789656649,3.500000000621034335,3,'');
INSERT INTO figure VALUES(1,0,1,0,'throughput',0.034711779388709104732,0.033018473361091524309,0.036491924237486254856,3,'');
INSERT INTO figure VALUES(1,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(1,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(1,3,1,0,'occupancy',0.9999965283522784798,0.99999635429993760649,0.99999670240464966219,3,'');
INSERT INTO figure VALUES(1,4,1,0,'wall',28.808564296117676662,27.403223458275910219,30.285976321990037973,3,'');
INSERT INTO figure VALUES(1,5,1,0,'user',24.548784096648976315,23.189819692350365442,25.987386215973021564,3,'');
INSERT INTO figure VALUES(1,6,1,0,'system',0.75924074527759144448,0.71721091817632220966,0.80373359451278791887,3,'');
INSERT INTO figure VALUES(1,7,1,0,'off_cpu',3.4999999998333333195,3.4999999994747788001,3.5000000001918878389,3,'');
INSERT INTO figure VALUES(2,0,1,0,'throughput',0.03003362297461454472,0.028781730599260795661,0.031339967757340526921,3,'');
INSERT INTO figure VALUES(2,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,3,1,0,'occupancy',0.99999699634294259009,0.99999686803037368676,0.99999712465552803575,3,'');
INSERT INTO figure VALUES(2,4,1,0,'wall',33.295916286495796042,31.90803755045291723,34.744162488977629265,3,'');
INSERT INTO figure VALUES(2,5,1,0,'user',28.416605735026067235,27.073645624630476192,29.826181988778170506,3,'');
INSERT INTO figure VALUES(2,6,1,0,'system',0.87886409488603578488,0.83732924649015094686,0.92245923633689319576,3,'');
INSERT INTO figure VALUES(2,7,1,0,'off_cpu',4.0000000001666666804,3.999999999808112161,4.0000000005252207557,3,'');
INSERT INTO figure VALUES(2,8,1,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(2,9,1,0,'off_cpu',1.6666668045672849984e-10,NULL,NULL,3,'other');
INSERT INTO figure VALUES(2,10,1,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(2,11,1,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(2,12,1,0,'max_rss',1499999999.9999978542,1499999999.9999978542,1499999999.9999978542,3,'');
INSERT INTO figure VALUES(2,13,1,0,'frequency',2599999999.987390518,2599999999.9675860405,2600000000.0071945189,3,'cycles');
INSERT INTO figure VALUES(2,14,1,0,'cycles',76168221557.830718994,72568534663.581253053,79946467186.891387937,3,'');
INSERT INTO figure VALUES(2,15,1,0,'instructions',104000000000.00045776,103999999999.99935913,104000000000.00157165,3,'');
INSERT INTO figure VALUES(2,16,1,0,'cpi',0.73238674574837059338,0.69777437176520429318,0.76871603064318272391,3,'');
INSERT INTO figure VALUES(2,17,1,0,'instructions_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,18,1,0,'cpi_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,19,1,0,'clock_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,20,1,0,'off_cpu_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,21,1,0,'slowdown',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(2,22,1,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(2,23,1,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(2,24,128,0,'throughput',3.1860691491449282253,3.1209187910415212563,3.2525795455720452054,3,'');
INSERT INTO figure VALUES(2,25,128,0,'efficiency',0.82877664305547249501,0.80011457657642093277,0.85846545505185323232,3,'');
INSERT INTO figure VALUES(2,26,128,0,'degradation',1.2065977104678939912,1.1648692374460167808,1.2498209997358891154,3,'');
INSERT INTO figure VALUES(2,27,128,0,'occupancy',0.99999751738387665511,0.99999747799638372125,0.99999755677137114329,3,'');
INSERT INTO figure VALUES(2,28,128,0,'wall',40.174797291982393687,39.353281690984381669,41.013462361936575462,3,'');
INSERT INTO figure VALUES(2,29,128,0,'user',35.08945418079480305,34.293666901960222048,35.903707766978946835,3,'');
INSERT INTO figure VALUES(2,30,128,0,'system',1.0852408509620521392,1.0606288732942159569,1.1104239515362832602,3,'');
INSERT INTO figure VALUES(2,31,128,0,'off_cpu',3.9999999999835287312,3.9999999999660467153,4.000000000001010747,3,'');
INSERT INTO figure VALUES(2,32,128,0,'off_cpu',3.1999999999999997335,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(2,33,128,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(2,34,128,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(2,35,128,0,'off_cpu',0.79999999999999993338,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(2,36,128,0,'max_rss',1499999999.9999926089,1499999999.9999818801,1500000000.0000033378,3,'');
INSERT INTO figure VALUES(2,37,128,0,'frequency',2600000000.0005626678,2599999999.9998326301,2600000000.0012922286,3,'cycles');
INSERT INTO figure VALUES(2,38,128,0,'cycles',94054207082.545120237,91921169015.579849244,96236742468.178649899,3,'');
INSERT INTO figure VALUES(2,39,128,0,'instructions',103999999999.99972534,103999999999.99897765,104000000000.00045776,3,'');
INSERT INTO figure VALUES(2,40,128,0,'cpi',0.90436737579370540807,0.88385739438057997485,0.92535329296325641301,3,'');
INSERT INTO figure VALUES(2,41,128,0,'instructions_factor',0.99999999999999955591,0.99999999999999766853,1.0000000000000013322,3,'');
INSERT INTO figure VALUES(2,42,128,0,'cpi_factor',1.2348221496957878517,1.1862919937614675447,1.2853376313740187963,3,'');
INSERT INTO figure VALUES(2,43,128,0,'clock_factor',0.99999999999492950042,0.99999999998755251251,1.0000000000023065993,3,'');
INSERT INTO figure VALUES(2,44,128,0,'off_cpu_factor',0.97714342058081615771,0.97234423166866723597,0.98196629679779434685,3,'');
INSERT INTO figure VALUES(2,45,128,0,'slowdown',1.2065983391565802129,1.1648696804647922231,1.249821826828311444,3,'');
INSERT INTO figure VALUES(2,46,128,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(2,47,128,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(3,0,1,0,'throughput',0.029803064369100736724,0.028969389081780760886,0.030660730997167526257,3,'');
INSERT INTO figure VALUES(3,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,3,1,0,'occupancy',0.99999701956420705695,0.99999693523179422616,0.99999710389662699316,3,'');
INSERT INTO figure VALUES(3,4,1,0,'wall',33.553496619662560363,32.614908474437072527,34.519095348316433558,3,'');
INSERT INTO figure VALUES(3,5,1,0,'user',28.666700612050377117,27.758332860585827716,29.604793922900821457,3,'');
INSERT INTO figure VALUES(3,6,1,0,'system',0.88659898800094727455,0.85850513984789889043,0.9156121833627803852,3,'');
INSERT INTO figure VALUES(3,7,1,0,'off_cpu',4.0,4.0,4.0,3,'');
INSERT INTO figure VALUES(3,8,1,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(3,9,1,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(3,10,1,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(3,11,1,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(3,12,1,0,'max_rss',1499999999.9999978542,1499999999.9999978542,1499999999.9999978542,3,'');
INSERT INTO figure VALUES(3,13,1,0,'frequency',2599999999.9970984459,2599999999.9591526984,2600000000.0350441933,3,'cycles');
INSERT INTO figure VALUES(3,14,1,0,'cycles',76838578960.047470094,74403778800.366043091,79353055876.920104978,3,'');
INSERT INTO figure VALUES(3,15,1,0,'instructions',104000000000.00045776,103999999999.99935913,104000000000.00157165,3,'');
INSERT INTO figure VALUES(3,16,1,0,'cpi',0.73883249000045825294,0.71542095000352212696,0.76301015266269434089,3,'');
INSERT INTO figure VALUES(3,17,1,0,'instructions_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,18,1,0,'cpi_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,19,1,0,'clock_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,20,1,0,'off_cpu_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,21,1,0,'slowdown',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(3,22,1,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(3,23,1,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(3,24,128,0,'throughput',3.1732902720082338809,3.0979349157394562297,3.2504786008451391765,3,'');
INSERT INTO figure VALUES(3,25,128,0,'efficiency',0.83183829498310002392,0.8196974221287832707,0.84415899125723659057,3,'');
INSERT INTO figure VALUES(3,26,128,0,'degradation',1.2021567244873194724,1.1846109682616348113,1.2199623580649610055,3,'');
INSERT INTO figure VALUES(3,27,128,0,'occupancy',0.99999752876178460425,0.99999747292464002956,0.99999758459893239859,3,'');
INSERT INTO figure VALUES(3,28,128,0,'wall',40.336582130730548102,39.378717074942251485,41.317746713096973111,3,'');
INSERT INTO figure VALUES(3,29,128,0,'user',35.246350446986269844,34.318597017123153136,36.199184343460345304,3,'');
INSERT INTO figure VALUES(3,30,128,0,'system',1.0900933128165979368,1.0613999077899773926,1.1195624023764267906,3,'');
INSERT INTO figure VALUES(3,31,128,0,'off_cpu',3.9999999999843920406,3.9999999999290576369,4.0000000000397264443,3,'');
INSERT INTO figure VALUES(3,32,128,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(3,33,128,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(3,34,128,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(3,35,128,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(3,36,128,0,'max_rss',1500000000.0000033378,1500000000.0000033378,1500000000.0000033378,3,'');
INSERT INTO figure VALUES(3,37,128,0,'frequency',2599999999.999186039,2599999999.9986596107,2599999999.9997124671,3,'cycles');
INSERT INTO figure VALUES(3,38,128,0,'cycles',94474753775.416290286,91987992004.560806278,97028741539.254455567,3,'');
INSERT INTO figure VALUES(3,39,128,0,'instructions',103999999999.99972534,103999999999.99824523,104000000000.00120544,3,'');
INSERT INTO figure VALUES(3,40,128,0,'cpi',0.90841109399439146088,0.88449992312078518086,0.93296866864667704621,3,'');
INSERT INTO figure VALUES(3,41,128,0,'instructions_factor',0.99999999999999966693,0.99999999999999833466,1.0000000000000011102,3,'');
INSERT INTO figure VALUES(3,42,128,0,'cpi_factor',1.2295223968748694165,1.2091342777440905464,1.2502542953603006381,3,'');
INSERT INTO figure VALUES(3,43,128,0,'clock_factor',0.99999999999919908511,0.99999999998443189763,1.0000000000139663836,3,'');
INSERT INTO figure VALUES(3,44,128,0,'off_cpu_factor',0.97774334138277962935,0.97569753431225958451,0.9797934380270894028,3,'');
INSERT INTO figure VALUES(3,45,128,0,'slowdown',1.2021573366244358016,1.1846114916550674056,1.2199630614597833933,3,'');
INSERT INTO figure VALUES(3,46,128,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(3,47,128,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(4,0,1,0,'throughput',0.030912151518248231346,0.030717950458104062438,0.03110758033125998051,3,'');
INSERT INTO figure VALUES(4,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,3,1,0,'occupancy',0.99999690877821856282,0.9999968893072772591,0.99999692824916042166,3,'');
INSERT INTO figure VALUES(4,4,1,0,'wall',32.349637914652916493,32.146405431038431288,32.554155252416485666,3,'');
INSERT INTO figure VALUES(4,5,1,0,'user',27.499139282728332744,27.302106187638486289,27.697594320883450081,3,'');
INSERT INTO figure VALUES(4,6,1,0,'system',0.85048884376723565825,0.84439503652982550452,0.85662662862772520622,3,'');
INSERT INTO figure VALUES(4,7,1,0,'off_cpu',4.0000000001666666804,3.999999999808112161,4.0000000005252207557,3,'');
INSERT INTO figure VALUES(4,8,1,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(4,9,1,0,'off_cpu',1.6666668045672849984e-10,NULL,NULL,3,'other');
INSERT INTO figure VALUES(4,10,1,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(4,11,1,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(4,12,1,0,'max_rss',1499999999.9999978542,1499999999.9999978542,1499999999.9999978542,3,'');
INSERT INTO figure VALUES(4,13,1,0,'frequency',2599999999.9976620673,2599999999.97275877,2600000000.022564888,3,'cycles');
INSERT INTO figure VALUES(4,14,1,0,'cycles',73709033129.255187989,73180903183.315139772,74240974468.983306883,3,'');
INSERT INTO figure VALUES(4,15,1,0,'instructions',104000000000.00045776,103999999999.99935913,104000000000.00157165,3,'');
INSERT INTO figure VALUES(4,16,1,0,'cpi',0.70874070316591553098,0.70366253060880035175,0.71385552374022376298,3,'');
INSERT INTO figure VALUES(4,17,1,0,'instructions_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,18,1,0,'cpi_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,19,1,0,'clock_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,20,1,0,'off_cpu_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,21,1,0,'slowdown',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(4,22,1,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(4,23,1,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(4,24,128,0,'throughput',3.204548345690135136,3.1116997592127644267,3.3001673986899660029,3,'');
INSERT INTO figure VALUES(4,25,128,0,'efficiency',0.80989296186404469146,0.78155429650375285444,0.83925916933880650994,3,'');
INSERT INTO figure VALUES(4,26,128,0,'degradation',1.2347310658169026176,1.1915270473456129884,1.2795016347212906371,3,'');
INSERT INTO figure VALUES(4,27,128,0,'occupancy',0.99999750902109507677,0.99999740291008853976,0.99999761513211293806,3,'');
INSERT INTO figure VALUES(4,28,128,0,'wall',39.943126876787353296,38.785810928739181235,41.134975561718796653,3,'');
INSERT INTO figure VALUES(4,29,128,0,'user',34.864631171466776038,33.743452449093240374,36.023062801775559194,3,'');
INSERT INTO figure VALUES(4,30,128,0,'system',1.0782875620157730267,1.043611931438180207,1.1141153443844022952,3,'');
INSERT INTO figure VALUES(4,31,128,0,'off_cpu',3.9999999999906052927,3.9999999999156408136,4.0000000000655697718,3,'');
INSERT INTO figure VALUES(4,32,128,0,'off_cpu',3.2000000000000108357,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(4,33,128,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(4,34,128,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(4,35,128,0,'off_cpu',0.80000000000000270894,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(4,36,128,0,'max_rss',1499999999.9999926089,1499999999.9999818801,1500000000.0000033378,3,'');
INSERT INTO figure VALUES(4,37,128,0,'frequency',2599999999.9998421669,2599999999.9991397856,2600000000.0005440712,3,'cycles');
INSERT INTO figure VALUES(4,38,128,0,'cycles',93451588707.02444458,90446367389.29899597,96556663180.041793822,3,'');
INSERT INTO figure VALUES(4,39,128,0,'instructions',103999999999.99972534,103999999999.99787902,104000000000.00157165,3,'');
INSERT INTO figure VALUES(4,40,128,0,'cpi',0.89857296833677513525,0.86967660951249248224,0.92842945365424911496,3,'');
INSERT INTO figure VALUES(4,41,128,0,'instructions_factor',0.99999999999999977795,0.99999999999999777955,1.0000000000000017763,3,'');
INSERT INTO figure VALUES(4,42,128,0,'cpi_factor',1.2678444518889442349,1.2184011943965484814,1.3192941385630432282,3,'');
INSERT INTO figure VALUES(4,43,128,0,'clock_factor',0.99999999999915656356,0.9999999999894974012,1.0000000000088158369,3,'');
INSERT INTO figure VALUES(4,44,128,0,'off_cpu_factor',0.97388272285228039137,0.9698386615846815717,0.97794364716337689458,3,'');
INSERT INTO figure VALUES(4,45,128,0,'slowdown',1.2347318069577204457,1.1915276226226689804,1.2795025529977774869,3,'');
INSERT INTO figure VALUES(4,46,128,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(4,47,128,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(5,0,1,0,'throughput',0.030726433469790700309,0.03031348630997723198,0.031145006025345665923,3,'');
INSERT INTO figure VALUES(5,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,3,1,0,'occupancy',0.99999692732625533597,0.99999688572764877658,0.9999969689248635607,3,'');
INSERT INTO figure VALUES(5,4,1,0,'wall',32.545167609817845289,32.107776280855425455,32.988517345023602445,3,'');
INSERT INTO figure VALUES(5,5,1,0,'user',27.688768813122024425,27.264867052343372932,28.119261205809731762,3,'');
INSERT INTO figure VALUES(5,6,1,0,'system',0.8563536746099302821,0.84324331065397273299,0.86966787254937272244,3,'');
INSERT INTO figure VALUES(5,7,1,0,'off_cpu',3.9999999998333333195,3.9999999994747788001,4.0000000001918873948,3,'');
INSERT INTO figure VALUES(5,8,1,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(5,9,1,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(5,10,1,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(5,11,1,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(5,12,1,0,'max_rss',1499999999.9999978542,1499999999.9999978542,1499999999.9999978542,3,'');
INSERT INTO figure VALUES(5,13,1,0,'frequency',2600000000.0145840645,2599999999.9781441687,2600000000.0510244369,3,'cycles');
INSERT INTO figure VALUES(5,14,1,0,'cycles',74217318468.08753967,73081086944.434844971,75371215603.040237428,3,'');
INSERT INTO figure VALUES(5,15,1,0,'instructions',104000000000.00045776,103999999999.99935913,104000000000.00157165,3,'');
INSERT INTO figure VALUES(5,16,1,0,'cpi',0.71362806219314933731,0.70270275908110457763,0.72472322695230950717,3,'');
INSERT INTO figure VALUES(5,17,1,0,'instructions_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,18,1,0,'cpi_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,19,1,0,'clock_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,20,1,0,'off_cpu_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,21,1,0,'slowdown',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(5,22,1,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(5,23,1,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(5,24,128,0,'throughput',3.2485235913685195363,3.2196090832069623743,3.277697773534161918,3,'');
INSERT INTO figure VALUES(5,25,128,0,'efficiency',0.82596929391491213934,0.82217948537191865021,0.8297765714522652436,3,'');
INSERT INTO figure VALUES(5,26,128,0,'degradation',1.2106987600716010433,1.2051436909694999144,1.2162794350769323692,3,'');
INSERT INTO figure VALUES(5,27,128,0,'occupancy',0.99999747798811011723,0.99999745471026324494,0.99999750126595754462,3,'');
INSERT INTO figure VALUES(5,28,128,0,'wall',39.402415768990962873,39.051702083500337892,39.756279127418444828,3,'');
INSERT INTO figure VALUES(5,29,128,0,'user',34.340324645186157681,34.000292537452764917,34.683757365845522713,3,'');
INSERT INTO figure VALUES(5,30,128,0,'system',1.0620718962549102748,1.0515554393427908319,1.0726935267621122704,3,'');
INSERT INTO figure VALUES(5,31,128,0,'off_cpu',4.0000000000034603431,3.9999999999382760407,4.0000000000686446455,3,'');
INSERT INTO figure VALUES(5,32,128,0,'off_cpu',3.200000000000002398,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(5,33,128,0,'off_cpu',3.5234037909503967966e-12,NULL,NULL,3,'other');
INSERT INTO figure VALUES(5,34,128,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(5,35,128,0,'off_cpu',0.80000000000000059952,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(5,36,128,0,'max_rss',1499999999.9999978542,1499999999.999976635,1500000000.0000193118,3,'');
INSERT INTO figure VALUES(5,37,128,0,'frequency',2599999999.9997682571,2599999999.9963316916,2600000000.0032043457,3,'cycles');
INSERT INTO figure VALUES(5,38,128,0,'cycles',92046231007.74786377,91134804739.717544556,92966772320.731933592,3,'');
INSERT INTO figure VALUES(5,39,128,0,'instructions',103999999999.99972534,103999999999.99824523,104000000000.00120544,3,'');
INSERT INTO figure VALUES(5,40,128,0,'cpi',0.88505991353603452598,0.8762961994203573024,0.89391127231472877756,3,'');
INSERT INTO figure VALUES(5,41,128,0,'instructions_factor',1.000000000000000444,0.99999999999999977795,1.0000000000000011102,3,'');
INSERT INTO figure VALUES(5,42,128,0,'cpi_factor',1.2402257708532848923,1.2334401320477890173,1.2470487401240397673,3,'');
INSERT INTO figure VALUES(5,43,128,0,'clock_factor',1.0000000000056987747,0.99999999999054001165,1.0000000000208573158,3,'');
INSERT INTO figure VALUES(5,44,128,0,'off_cpu_factor',0.97619276683744760081,0.97532675213730313235,0.97705955049164705528,3,'');
INSERT INTO figure VALUES(5,45,128,0,'slowdown',1.210699426759274333,1.2051443043591592019,1.2162801555409394893,3,'');
INSERT INTO figure VALUES(5,46,128,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(5,47,128,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(6,0,1,0,'throughput',0.030447297372379941021,0.030287310540628272631,0.030608129303477744215,3,'');
INSERT INTO figure VALUES(6,1,1,0,'efficiency',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,2,1,0,'degradation',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,3,1,0,'occupancy',0.99999695526569598591,0.99999693921500232285,0.99999697131638987102,3,'');
INSERT INTO figure VALUES(6,4,1,0,'wall',32.843537573644759675,32.670959054703835988,33.017027707856911433,3,'');
INSERT INTO figure VALUES(6,5,1,0,'user',27.978224819007248668,27.810870597012360861,28.14658610892264079,3,'');
INSERT INTO figure VALUES(6,6,1,0,'system',0.86530592227766056634,0.8601300184202905763,0.87051297256657800271,3,'');
INSERT INTO figure VALUES(6,7,1,0,'off_cpu',3.9999999999166666597,3.9999999995581121403,4.000000000275220735,3,'');
INSERT INTO figure VALUES(6,8,1,0,'off_cpu',3.2000000000000001776,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(6,9,1,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(6,10,1,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(6,11,1,0,'off_cpu',0.8000000000000000444,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(6,12,1,0,'max_rss',1499999999.9999978542,1499999999.9999978542,1499999999.9999978542,3,'');
INSERT INTO figure VALUES(6,13,1,0,'frequency',2600000000.0028996467,2599999999.9663114546,2600000000.0394873618,3,'cycles');
INSERT INTO figure VALUES(6,14,1,0,'cycles',74993179927.208221437,74544601600.798385621,75444457610.923660278,3,'');
INSERT INTO figure VALUES(6,15,1,0,'instructions',104000000000.00045776,103999999999.99935913,104000000000.00157165,3,'');
INSERT INTO figure VALUES(6,16,1,0,'cpi',0.72108826853084562191,0.716775015392289494,0.72542747702810939092,3,'');
INSERT INTO figure VALUES(6,17,1,0,'instructions_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,18,1,0,'cpi_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,19,1,0,'clock_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,20,1,0,'off_cpu_factor',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,21,1,0,'slowdown',1.0,1.0,1.0,3,'');
INSERT INTO figure VALUES(6,22,1,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(6,23,1,0,'failure_share',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(6,24,128,0,'throughput',3.1737911804949794358,3.0960682835158337411,3.2534652129665149189,3,'');
INSERT INTO figure VALUES(6,25,128,0,'efficiency',0.81436599427408873363,0.79220678714267422915,0.83714502752749841985,3,'');
INSERT INTO figure VALUES(6,26,128,0,'degradation',1.2279491125994057565,1.1945361521808146587,1.2622966834288213977,3,'');
INSERT INTO figure VALUES(6,27,128,0,'occupancy',0.99999754407129182176,0.99999747505722513807,0.99999761308536316839,3,'');
INSERT INTO figure VALUES(6,28,128,0,'wall',40.330216564897874318,39.342568216438174033,41.342658649619245638,3,'');
INSERT INTO figure VALUES(6,29,128,0,'user',35.240166711864610248,34.283156249250062331,36.22389201423588645,3,'');
INSERT INTO figure VALUES(6,30,128,0,'system',1.0899020632609794922,1.0603038014928993781,1.1203265571886142915,3,'');
INSERT INTO figure VALUES(6,31,128,0,'off_cpu',3.9999999999972901676,3.9999999999374877823,4.0000000000570929969,3,'');
INSERT INTO figure VALUES(6,32,128,0,'off_cpu',3.2000000000000081712,NULL,NULL,3,'block_io');
INSERT INTO figure VALUES(6,33,128,0,'off_cpu',0.0,NULL,NULL,3,'other');
INSERT INTO figure VALUES(6,34,128,0,'off_cpu',0.0,NULL,NULL,3,'page_in');
INSERT INTO figure VALUES(6,35,128,0,'off_cpu',0.80000000000000204281,NULL,NULL,3,'run_queue');
INSERT INTO figure VALUES(6,36,128,0,'max_rss',1500000000.0000033378,1499999999.9999926089,1500000000.0000138282,3,'');
INSERT INTO figure VALUES(6,37,128,0,'frequency',2600000000.0000267029,2599999999.9984750747,2600000000.0015783309,3,'cycles');
INSERT INTO figure VALUES(6,38,128,0,'cycles',94458178815.321044924,91892996132.020401001,97094968285.598709104,3,'');
INSERT INTO figure VALUES(6,39,128,0,'instructions',104000000000.00009155,103999999999.99935913,104000000000.00082397,3,'');
INSERT INTO figure VALUES(6,40,128,0,'cpi',0.90825171937808524269,0.88358650126942239744,0.93360546428460411405,3,'');
INSERT INTO figure VALUES(6,41,128,0,'instructions_factor',1.0,0.99999999999999689137,1.0000000000000033306,3,'');
INSERT INTO figure VALUES(6,42,128,0,'cpi_factor',1.2595569211361166139,1.2214462244427823911,1.2988567206924230834,3,'');
INSERT INTO figure VALUES(6,43,128,0,'clock_factor',1.0000000000011046719,0.99999999998643729348,1.0000000000157720503,3,'');
INSERT INTO figure VALUES(6,44,128,0,'off_cpu_factor',0.97490618726143174477,0.97185074434435991808,0.97797123631552995703,3,'');
INSERT INTO figure VALUES(6,45,128,0,'slowdown',1.2279498356249158863,1.1945367687930485978,1.2622975183382505459,3,'');
INSERT INTO figure VALUES(6,46,128,0,'failures',0.0,NULL,NULL,3,'');
INSERT INTO figure VALUES(6,47,128,0,'failure_share',0.0,NULL,NULL,3,'');
CREATE TABLE place(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  concurrency INTEGER NOT NULL CHECK(typeof(concurrency)='integer' AND concurrency>=1),
  policy INTEGER NOT NULL CHECK(typeof(policy)='integer' AND policy>=0),
  kind TEXT NOT NULL CHECK(CASE kind WHEN 'core' THEN 1 WHEN 'l3' THEN 1 WHEN 'package' THEN 1 ELSE 0 END),
  place INTEGER NOT NULL CHECK(typeof(place)='integer' AND place>=0),
  l3 INTEGER NOT NULL CHECK(typeof(l3)='integer' AND l3>=-1),
  package INTEGER NOT NULL CHECK(typeof(package)='integer' AND package>=-1),
  wall_s REAL CHECK(typeof(wall_s) IN ('real','null')),
  relative REAL CHECK(typeof(relative) IN ('real','null')),
  relative_se REAL CHECK(typeof(relative_se) IN ('real','null')),
  trials INTEGER NOT NULL CHECK(typeof(trials)='integer' AND trials>=0),
  tasks INTEGER NOT NULL CHECK(typeof(tasks)='integer' AND tasks>=0),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO place VALUES(0,0,64,0,'core',0,0,0,35.379457716848698111,1.0087900619421006354,0.0085085694816099816106,3,10);
INSERT INTO place VALUES(0,1,64,0,'core',1,0,0,35.313500735913194716,1.0069094014917359114,0.0057793950714573943602,3,12);
INSERT INTO place VALUES(0,2,64,0,'core',2,0,0,35.354690720442839336,1.0080838696641314378,0.009627799638154630954,3,12);
INSERT INTO place VALUES(0,3,64,0,'core',3,0,0,35.48044309113434025,1.0116695024014816794,0.0076243398900160876813,3,12);
INSERT INTO place VALUES(0,4,64,0,'core',4,0,0,33.93436789343481763,0.96758557926911314961,0.0050353446298150505641,3,12);
INSERT INTO place VALUES(0,5,64,0,'core',5,0,0,34.14035440487516837,0.97345896340343762709,0.0043648182989208528237,3,12);
INSERT INTO place VALUES(1,0,64,0,'core',0,0,0,35.995737895200427658,1.0072849890630484193,0.0032388354135297562491,3,12);
INSERT INTO place VALUES(1,1,64,0,'core',1,0,0,36.366073067359188542,1.0176482454275561639,0.0038879398719348819135,3,12);
INSERT INTO place VALUES(1,2,64,0,'core',2,0,0,36.325768331229042473,1.0165203797949571296,0.006590866771027765851,3,12);
INSERT INTO place VALUES(1,3,64,0,'core',3,0,0,35.985447972827969919,1.0069970415184092971,0.0012272567224055764677,3,12);
INSERT INTO place VALUES(1,4,64,0,'core',4,0,0,35.450799831293103637,0.99203574112872261459,0.0070670730833578337612,3,12);
INSERT INTO place VALUES(1,5,64,0,'core',5,0,0,35.225923380814919028,0.9857429218616208244,0.0040733979937142127808,3,12);
INSERT INTO place VALUES(2,0,128,0,'core',0,0,0,40.365276414930761463,1.0051686490138764806,0.0062040473542927338998,3,11);
INSERT INTO place VALUES(2,1,128,0,'core',1,0,0,40.679518621973279834,1.0129938503445730102,0.001282314804955054328,3,12);
INSERT INTO place VALUES(2,2,128,0,'core',2,0,0,41.097702150118166743,1.023407379232728509,0.0034788374264929640237,3,12);
INSERT INTO place VALUES(2,3,128,0,'core',3,0,0,40.230643325374394691,1.0018160407138405609,0.0097559548449508825401,3,12);
INSERT INTO place VALUES(2,4,128,0,'core',4,1,0,39.96263162834968341,0.99514206299474816663,0.001865867038837084376,3,9);
INSERT INTO place VALUES(2,5,128,0,'core',5,1,0,39.40752248323018847,0.98131883771271788408,0.0039627600578628560668,3,12);
INSERT INTO place VALUES(3,0,128,0,'core',0,0,0,40.217820017162573265,0.99751399543263841174,0.0093132380746249639191,3,11);
INSERT INTO place VALUES(3,1,128,0,'core',1,0,0,40.714398333920222227,1.0098305213055664975,0.0044089773809936911447,3,12);
INSERT INTO place VALUES(3,2,128,0,'core',2,0,0,40.392947209563814679,1.0018576377614993866,0.006554682101794419291,3,12);
INSERT INTO place VALUES(3,3,128,0,'core',3,0,0,40.556081138391860464,1.0059038137368867538,0.004561974571024243405,3,12);
INSERT INTO place VALUES(3,4,128,0,'core',4,1,0,40.116695229914427047,0.99500581894465056631,0.0015015221082883656138,3,10);
INSERT INTO place VALUES(3,5,128,0,'core',5,1,0,39.752761037526028076,0.98597923694271771832,0.0090888005069573087751,3,12);
INSERT INTO place VALUES(4,0,128,0,'core',0,0,0,40.012928151986109524,1.0031071198868832805,0.0051448635230770542806,3,9);
INSERT INTO place VALUES(4,1,128,0,'core',1,0,0,40.327956258990028002,1.0110047407733075974,0.0058023236236131384147,3,12);
INSERT INTO place VALUES(4,2,128,0,'core',2,0,0,40.708942210091073831,1.0205558968065449043,0.0014516984709539973354,3,12);
INSERT INTO place VALUES(4,3,128,0,'core',3,0,0,39.631123558065631585,0.99353544082574618556,0.006507613405549968373,3,12);
INSERT INTO place VALUES(4,4,128,0,'core',4,1,0,38.993683328222459749,0.97755508491104714519,0.0074025343228433281364,3,9);
INSERT INTO place VALUES(4,5,128,0,'core',5,1,0,39.468040112925386608,0.9894470080988416738,0.0048925643749505890942,3,12);
INSERT INTO place VALUES(4,6,128,0,'core',6,1,0,39.57378302695571648,0.99209793805674173494,0.0081350162973926314763,3,12);
INSERT INTO place VALUES(4,7,128,0,'core',7,1,0,39.675400677268982008,0.99464544940477983558,0.0058119385123184090502,3,12);
INSERT INTO place VALUES(4,8,128,0,'core',8,2,0,40.850224391600882256,1.0240977811107208061,0.0056371201181454827847,3,11);
INSERT INTO place VALUES(4,9,128,0,'core',9,2,0,40.299853621999780274,1.0103002195959163156,0.0047178196878440168196,3,12);
INSERT INTO place VALUES(4,10,128,0,'core',10,2,0,39.579352534136980068,0.99223756323704770387,0.0021949154092672455013,3,12);
INSERT INTO place VALUES(4,11,128,0,'core',11,2,0,39.168359763997870003,0.98193414899096753689,0.005076609746833255117,3,12);
INSERT INTO place VALUES(4,12,128,0,'core',12,3,0,39.749517361739570731,0.99650352321563562263,0.0034478678549976025241,3,10);
INSERT INTO place VALUES(4,13,128,0,'core',13,3,0,40.037912851531515913,1.003733475696361399,0.0022664551437745626867,3,12);
INSERT INTO place VALUES(4,14,128,0,'core',14,3,0,40.395613499490771402,1.0127008790664218107,0.0046229306692515117691,3,12);
INSERT INTO place VALUES(4,15,128,0,'core',15,3,0,40.209128363950163986,1.0080257758971831183,0.0056870999481324563742,3,12);
INSERT INTO place VALUES(4,16,128,0,'core',16,4,0,39.435049187981604744,0.9886199396179480292,0.0068406885931222363717,3,10);
INSERT INTO place VALUES(4,17,128,0,'core',17,4,0,38.980481287593349293,0.97722411535786202207,0.0013898821939458696171,3,12);
INSERT INTO place VALUES(4,18,128,0,'core',18,4,0,39.396721463582274225,0.98765907984062861757,0.0023329168821302152109,3,12);
INSERT INTO place VALUES(4,19,128,0,'core',19,4,0,40.344924682404034398,1.0114301319437610793,0.0033219799060070225212,3,12);
INSERT INTO place VALUES(4,20,128,0,'core',20,5,0,40.320729758302995549,1.0108235754693464247,0.0045666548548163720527,3,12);
INSERT INTO place VALUES(4,21,128,0,'core',21,5,0,40.613639410199517953,1.0181666960773894103,0.0012044616692048312929,3,12);
INSERT INTO place VALUES(4,22,128,0,'core',22,5,0,39.825356639601444896,0.99840478171142399421,0.0084413859170871380355,3,12);
INSERT INTO place VALUES(4,23,128,0,'core',23,5,0,39.10869889251370779,0.98043847627396174537,0.0013974174646094639391,3,12);
INSERT INTO place VALUES(4,24,128,0,'core',24,6,0,39.172691558114067333,0.98204274523024570608,0.0074983529284219727767,3,10);
INSERT INTO place VALUES(4,25,128,0,'core',25,6,0,39.849485636820716649,0.99900968542690438134,0.0096505138458162307429,3,12);
INSERT INTO place VALUES(4,26,128,0,'core',26,6,0,40.834870731134479625,1.0237128713617595909,0.0066754142475595260042,3,12);
INSERT INTO place VALUES(4,27,128,0,'core',27,6,0,40.31190190650193017,1.0106022649728660933,0.010827216002469412445,3,12);
INSERT INTO place VALUES(4,28,128,0,'core',28,7,0,40.097165518048520026,1.0052189148881578439,0.0052215574512567324363,3,11);
INSERT INTO place VALUES(4,29,128,0,'core',29,7,0,39.525854233539774895,0.99089638355564435556,0.0045065625931319849145,3,12);
INSERT INTO place VALUES(4,30,128,0,'core',30,7,0,39.109217423590756368,0.98045147562790291306,0.0032046376244327062603,3,12);
INSERT INTO place VALUES(4,31,128,0,'core',31,7,0,39.655551777405527503,0.99414784591274518721,0.0030033484339929464833,3,12);
INSERT INTO place VALUES(4,32,128,0,'core',32,8,0,40.46431021153622254,1.0144230764698169977,0.0042716191094471006248,3,12);
INSERT INTO place VALUES(4,33,128,0,'core',33,8,0,40.911739880627983724,1.0256399483020854912,0.0050090667139910394212,3,12);
INSERT INTO place VALUES(4,34,128,0,'core',34,8,0,40.491735529108211721,1.0151106175369724038,0.0030657631192633296758,3,12);
INSERT INTO place VALUES(4,35,128,0,'core',35,8,0,39.291463367245235359,0.98502030405645246702,0.004670360374884495111,3,12);
INSERT INTO place VALUES(4,36,128,0,'core',36,9,0,38.886549644030452554,0.97486928893569357867,0.0017164199348491282915,3,10);
INSERT INTO place VALUES(4,37,128,0,'core',37,9,0,39.513050315223068764,0.99057539475979383691,0.0069198724063730329691,3,12);
INSERT INTO place VALUES(4,38,128,0,'core',38,9,0,40.191141206508468998,1.007574845497194893,0.002935382336511398009,3,12);
INSERT INTO place VALUES(4,39,128,0,'core',39,9,0,40.607405166496576497,1.0180104062347221649,0.0073996497616748788811,3,10);
INSERT INTO place VALUES(4,40,128,0,'core',40,10,0,40.367662232132090595,1.0120001526614239573,0.0038560011040774402023,3,12);
INSERT INTO place VALUES(4,41,128,0,'core',41,10,0,39.645888571898090901,0.99390559345352458286,0.010810015875669759868,3,12);
INSERT INTO place VALUES(4,42,128,0,'core',42,10,0,39.36479133958039256,0.98685860518894819026,0.0022821130924491226862,3,12);
INSERT INTO place VALUES(4,43,128,0,'core',43,10,0,39.341636927475043705,0.98627813390847995922,0.0017128417336242660398,3,12);
INSERT INTO place VALUES(4,44,128,0,'core',44,11,0,39.639784580663857127,0.99375256898494446211,0.0031376814109592200165,3,12);
INSERT INTO place VALUES(4,45,128,0,'core',45,11,0,40.441227909566883624,1.0138444129598416232,0.0019897926246494946657,3,12);
INSERT INTO place VALUES(4,46,128,0,'core',46,11,0,40.590896623696529842,1.0175965440760024183,0.0023808033485903526763,3,12);
INSERT INTO place VALUES(4,47,128,0,'core',47,11,0,40.126635279569072166,1.0059577092970637401,0.0040025932137112236672,3,11);
INSERT INTO place VALUES(4,48,128,0,'core',48,12,0,39.284650817233085716,0.98484951632015371725,0.0019200614166042738982,3,12);
INSERT INTO place VALUES(4,49,128,0,'core',49,12,0,39.001322033616759199,0.97774658401200353896,0.0095764308883657094789,3,12);
INSERT INTO place VALUES(4,50,128,0,'core',50,12,0,39.87225494440936302,0.99958050230064832142,0.0051624825766612304073,3,12);
INSERT INTO place VALUES(4,51,128,0,'core',51,12,0,40.430133186320624362,1.0135662729587093799,0.0028051299452201421298,3,10);
INSERT INTO place VALUES(4,52,128,0,'core',52,13,0,40.324163484327549154,1.0109096575228742054,0.0055101401366415749677,3,12);
INSERT INTO place VALUES(4,53,128,0,'core',53,13,0,40.366584937641796669,1.0119731453459555048,0.0045918013069646953713,3,12);
INSERT INTO place VALUES(4,54,128,0,'core',54,13,0,39.50188336121803445,0.99029544396420765561,0.006218149488617870195,3,12);
INSERT INTO place VALUES(4,55,128,0,'core',55,13,0,39.509412366292686158,0.99048419292472766883,0.0015252724442964796409,3,12);
INSERT INTO place VALUES(4,56,128,0,'core',56,14,0,39.574740972207997913,0.99212195333748742775,0.0022066469575623250468,3,12);
INSERT INTO place VALUES(4,57,128,0,'core',57,14,0,39.986461475828896539,1.0024436115529720137,0.0090072986548736036493,3,12);
INSERT INTO place VALUES(4,58,128,0,'core',58,14,0,40.592611616844010312,1.017639538226049245,0.0012358156229751191077,3,12);
INSERT INTO place VALUES(4,59,128,0,'core',59,14,0,40.359450728986480784,1.0117942937640438394,0.0034081153724890562821,3,11);
INSERT INTO place VALUES(4,60,128,0,'core',60,15,0,39.446742961251814563,0.98891309754883327531,0.0069487028928696230323,3,12);
INSERT INTO place VALUES(4,61,128,0,'core',61,15,0,39.224839787299110582,0.98335007919456629554,0.0026985260186565061639,3,12);
INSERT INTO place VALUES(4,62,128,0,'core',62,15,0,39.718004400795031473,0.99571350666468205758,0.013019009632674858473,3,12);
INSERT INTO place VALUES(4,63,128,0,'core',63,15,0,40.356273794911771803,1.0117146493756687952,0.0052661590517261765848,3,10);
INSERT INTO place VALUES(4,64,128,0,'core',64,16,1,40.399320456613580176,1.0127938109075722561,0.0056069445898509493245,3,12);
INSERT INTO place VALUES(4,65,128,0,'core',65,16,1,40.82000605939639115,1.023340220352600749,0.0027117101306061114178,3,12);
INSERT INTO place VALUES(4,66,128,0,'core',66,16,1,39.800217135266485967,0.99777454501159923427,0.0039947194555202073656,3,12);
INSERT INTO place VALUES(4,67,128,0,'core',67,16,1,39.617548312563997114,0.99319511518486403023,0.0063138220720517735859,3,12);
INSERT INTO place VALUES(4,68,128,0,'core',68,17,1,39.259848006664654462,0.98422772039010075761,0.0035726261842454081797,3,12);
INSERT INTO place VALUES(4,69,128,0,'core',69,17,1,39.921208438829602015,1.0008077456208510636,0.0046176385348670519886,3,12);
INSERT INTO place VALUES(4,70,128,0,'core',70,17,1,40.038053003188835534,1.003736989238904087,0.0039868086316028686355,3,12);
INSERT INTO place VALUES(4,71,128,0,'core',71,17,1,40.555243692204655304,1.0167027402211958886,0.0063350874321003976599,3,10);
INSERT INTO place VALUES(4,72,128,0,'core',72,18,1,40.038426859275865867,1.0037463616522728226,0.0015601786141399619309,3,12);
INSERT INTO place VALUES(4,73,128,0,'core',73,18,1,39.366270913969998446,0.98689569749069083748,0.0020861469811686741797,3,12);
INSERT INTO place VALUES(4,74,128,0,'core',74,18,1,39.21972541137174062,0.9832218639615539768,0.004222053941759495825,3,12);
INSERT INTO place VALUES(4,75,128,0,'core',75,18,1,39.572495953786273048,0.99206567167885573166,0.0028183907103145311966,3,11);
INSERT INTO place VALUES(4,76,128,0,'core',76,19,1,40.178737129594622955,1.0072638805555473862,0.0081019546051564975824,3,12);
INSERT INTO place VALUES(4,77,128,0,'core',77,19,1,51.220132276215892376,1.284066968872154657,0.010590274884497151083,3,9);
INSERT INTO place VALUES(4,78,128,0,'core',78,19,1,40.247872845373066754,1.008997083596135269,0.0058427017820997335581,3,12);
INSERT INTO place VALUES(4,79,128,0,'core',79,19,1,39.587214598468406733,0.9924346618517231322,0.00040439085243195084127,3,11);
INSERT INTO place VALUES(5,0,128,0,'core',0,0,0,39.224493844058649472,0.99583170781184038311,0.0050037112193111717498,3,9);
INSERT INTO place VALUES(5,1,128,0,'core',1,0,0,39.573587133414342531,1.0046944905390517988,0.0036404235450100824733,3,12);
INSERT INTO place VALUES(5,2,128,0,'core',2,0,0,39.729438978567600316,1.0086512582093147827,0.0074460426413675831133,3,12);
INSERT INTO place VALUES(5,3,128,0,'core',3,0,0,39.394560724300859533,1.0001493668864769315,0.0020821449511431292835,3,12);
INSERT INTO place VALUES(5,4,128,0,'core',4,1,0,38.719697954032220366,0.98301594643427048225,0.0060427394103259998367,3,9);
INSERT INTO place VALUES(5,5,128,0,'core',5,1,0,38.76458877575362294,0.98415563491151725195,0.003083423855295194544,3,12);
INSERT INTO place VALUES(6,0,128,0,'core',0,0,0,40.298292263330388607,1.0032881020921875503,0.0069298703012338645421,3,11);
INSERT INTO place VALUES(6,1,128,0,'core',1,0,0,40.764325102678476754,1.0148907079755051796,0.0042457392306148910091,3,12);
INSERT INTO place VALUES(6,2,128,0,'core',2,0,0,40.964268117978420492,1.0198685975355898936,0.0080690318113209019007,3,12);
INSERT INTO place VALUES(6,3,128,0,'core',3,0,0,40.831511696162493762,1.0165634217823871221,0.0085629805257514367278,3,12);
INSERT INTO place VALUES(6,4,128,0,'core',4,1,0,39.530695010404286904,0.9841775852983979389,0.0035799455343967388418,3,9);
INSERT INTO place VALUES(6,5,128,0,'core',5,1,0,39.203155872256004953,0.97602299358204580581,0.0049772251411523381336,3,12);
CREATE TABLE doubt(
  attempt INTEGER NOT NULL REFERENCES attempt,
  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),
  text TEXT NOT NULL CHECK(typeof(text)='text'),
  PRIMARY KEY(attempt, item)
) WITHOUT ROWID;
INSERT INTO doubt VALUES(2,0,'the clock was low');
CREATE TABLE ranked(
  attempt INTEGER PRIMARY KEY REFERENCES attempt,
  verdict TEXT NOT NULL CHECK(CASE verdict WHEN 'pass' THEN 1 WHEN 'slow' THEN 1 WHEN 'fail' THEN 1 WHEN 'inconclusive' THEN 1 WHEN 'hung' THEN 1 WHEN 'node-fail' THEN 1 WHEN 'no-result' THEN 1 WHEN 'held' THEN 1 WHEN 'running' THEN 1 WHEN 'pending' THEN 1 WHEN 'not-run' THEN 1 ELSE 0 END),
  relative REAL CHECK(typeof(relative) IN ('real','null')),
  z REAL CHECK(typeof(z) IN ('real','null')),
  component TEXT CHECK(typeof(component) IN ('text','null')),
  component_index INTEGER NOT NULL CHECK(typeof(component_index)='integer' AND component_index>=-1),
  reason TEXT CHECK(typeof(reason) IN ('text','null')),
  ranked_ns INTEGER CHECK(typeof(ranked_ns) IN ('integer','null'))
);
INSERT INTO ranked VALUES(1,'pass',1.0,0.10000000000000000555,NULL,-1,NULL,1790000070000000000);
INSERT INTO ranked VALUES(2,'slow',1.5,7.5,'core',77,'core 77 is slow',1790000070000000000);
CREATE VIEW attempt_wide AS SELECT
  n.name AS node, a.*, p.run_id, p.name AS scenario, p.host, p.state AS run_state,
  p.started_ns, p.finished_ns, p.tasks, p.failed_tasks,
  j.id AS job, j.state AS job_state, j.max_rss_bytes AS job_max_rss_bytes,
  j.ave_rss_bytes AS job_ave_rss_bytes,
  r.verdict AS ranked_verdict, r.relative AS ranked_relative,
  (SELECT group_concat(x.word, ', ') FROM (SELECT f.name||'='||coalesce(f.value,'?') AS word
    FROM fact f WHERE f.attempt=a.attempt AND f.in_class ORDER BY f.item) x) AS class
FROM attempt a JOIN node n ON n.node=a.node LEFT JOIN profile p ON p.attempt=a.attempt
JOIN job j ON j.attempt=a.attempt LEFT JOIN ranked r ON r.attempt=a.attempt;
CREATE VIEW last_attempt AS SELECT w.* FROM attempt_wide w
WHERE w.number=(SELECT max(b.number) FROM attempt b JOIN node m ON m.node=b.node
  WHERE m.name=w.node);
CREATE VIEW figure_wide AS SELECT
  n.name AS node, a.number, f.attempt, f.concurrency, y.name AS policy, f.measure,
  f.value, f.low, f.high, f.n, f.source
FROM figure f JOIN attempt a ON a.attempt=f.attempt JOIN node n ON n.node=a.node
LEFT JOIN policy y ON y.attempt=f.attempt AND y.item=f.policy;
CREATE VIEW place_wide AS SELECT
  n.name AS node, a.number, c.attempt, c.concurrency, y.name AS policy, c.kind, c.place,
  c.l3, c.package, c.wall_s, c.relative, c.relative_se, c.trials, c.tasks
FROM place c JOIN attempt a ON a.attempt=c.attempt JOIN node n ON n.node=a.node
LEFT JOIN policy y ON y.attempt=c.attempt AND y.item=c.policy;
CREATE VIEW memory AS SELECT
  n.name AS node, a.number, j.max_rss_bytes AS job_max_rss_bytes,
  j.ave_rss_bytes AS job_ave_rss_bytes, j.rss_reason, f.measure,
  max(f.value*f.concurrency) AS node_bytes
FROM attempt a JOIN node n ON n.node=a.node JOIN job j ON j.attempt=a.attempt
LEFT JOIN figure f ON f.attempt=a.attempt
  AND f.measure IN ('max_rss','peak_rss','peak_pss','cgroup_peak')
GROUP BY a.attempt, f.measure;
CREATE VIEW node_wide AS SELECT
  n.name, n.partitions, n.site_state, n.site_reason, n.site_reason_by, a.attempt, a.number,
  CASE WHEN r.verdict='slow' AND n.verdict IN ('pass','inconclusive') THEN 'slow'
    ELSE n.verdict END AS verdict,
  CASE WHEN r.verdict='slow' AND n.verdict IN ('pass','inconclusive') THEN r.reason
    ELSE n.reason END AS reason,
  r.relative, r.z, r.component, r.component_index, r.ranked_ns
FROM node n LEFT JOIN attempt a ON a.node=n.node
  AND a.number=(SELECT max(b.number) FROM attempt b WHERE b.node=n.node)
LEFT JOIN ranked r ON r.attempt=a.attempt;
COMMIT;
