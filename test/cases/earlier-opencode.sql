PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO _prisma_migrations VALUES('f196a15d-5581-4bfa-b70b-11be602a4a4a','f22ecd56216ab4500b823342efe80493d202ae30c2552ce9ec2ac023cdc71b66',1796141442030,'0001_init',NULL,NULL,1796141442029,1);
INSERT INTO _prisma_migrations VALUES('a11ca61f-6173-4cc1-9dcf-12a8df4ae733','edb5ec81c71b4c68743cda82bf017ca5184d355ecd583373eec3f7b24f0d203d',1796141442032,'0002_attribution_and_stamps',NULL,NULL,1796141442030,1);
INSERT INTO _prisma_migrations VALUES('11cc1e83-beb5-444f-8213-f1bc22185499','85766ab28eb8b43c4590c3929791b6c1083b31e2d2050dcd32274e8556921dcd',1796141442032,'0003_message_ids',NULL,NULL,1796141442032,1);
INSERT INTO _prisma_migrations VALUES('f7e45430-cfd0-489e-8a7e-48b0864f67e9','d100210646be7a3e88d3e89ce7dd8c0badc6317d5d63c94175ea9098701df5cf',1796141442034,'0004_whole_record',NULL,NULL,1796141442032,1);
CREATE TABLE IF NOT EXISTS "sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "title" TEXT,
    "title_kind" TEXT CHECK ("title_kind" IN ('placeholder', 'prompt', 'generated', 'user')),
    "project_path" TEXT,
    "project_name" TEXT,
    "git_branch" TEXT,
    "model" TEXT,
    "provider" TEXT,
    "agent_version" TEXT,
    "parent_id" TEXT,
    "status" TEXT CHECK ("status" IN ('active', 'idle', 'error', 'ended', 'archived', 'deleted')),
    "error" TEXT,
    "prompt_tokens" BIGINT,
    "completion_tokens" BIGINT,
    "reasoning_tokens" BIGINT,
    "cache_read_tokens" BIGINT,
    "cache_write_tokens" BIGINT,
    "cost" REAL,
    "created_at" DATETIME,
    "updated_at" DATETIME,
    "ended_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0
, "project_id" TEXT, "forked_from_id" TEXT, "cache_write_1h_tokens" BIGINT, "lines_added" BIGINT, "lines_removed" BIGINT);
INSERT INTO sessions VALUES('ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'My own title','generated','/home/dev/src/proj','proj',NULL,'fake-2','fake','1.18.33',NULL,'archived',NULL,300,30,0,0,0,0.0,1795841220144,1795841247428,NULL,1795841247463,1,'{"projectName":[1795841220149,1],"projectPath":[1795841220149,1]}',1,'db966d0397a348ea6ad2cc6a53b59f5eed76ece5',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd01c0f6ffeGHkBxjH1KcrNCF','opencode',0,'Fake generated title 21','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,0,0,0,0,0,0.0,1795346546441,1795346547589,NULL,1795346547600,1,'{"projectName":[1795346546442,1],"projectPath":[1795346546442,1]}',2,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'Fake generated title 12','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,110,29,0,40,0,0.00017200000000000000661,1795346534189,1795346535980,NULL,1795346535981,1,'{"projectName":[1795346534190,1],"projectPath":[1795346534190,1]}',31,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd030d05ffe7iW2HU8kUwJPsx','opencode',0,'Fake generated title 1','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,0,0,0,0,0,0.0,1795346461434,1795346462358,NULL,1795346462359,1,'{"projectName":[1795346461435,1],"projectPath":[1795346461435,1]}',32,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd0492d9ffeYGxar0o0VkGi4w','opencode',0,'Fake generated title 60','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,60,9,0,40,0,8.2000000000000000943e-05,1795346361638,1795346363031,NULL,1795346363031,1,'{"projectName":[1795346361639,1],"projectPath":[1795346361639,1]}',33,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd04b3caffeRfwaKu3omKKYJs','opencode',0,'sub job (@general subagent)','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33','ses_dfd04b95cffen32jxg7rPiJwAx',NULL,NULL,60,9,0,40,0,8.2000000000000000943e-05,1795346353205,1795346353389,NULL,1795346353390,1,'{"projectName":[1795346353206,1],"projectPath":[1795346353206,1]}',34,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd04b95cffen32jxg7rPiJwAx','opencode',0,'Fake generated title 54','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,200,20,0,0,0,0.00024000000000000000608,1795346351779,1795346353574,NULL,1795346353575,1,'{"projectName":[1795346351780,1],"projectPath":[1795346351780,1]}',35,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd0a5225ffeTjiozQ97R9OFqX','opencode',0,'Fake generated title 9','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,100,10,0,0,0,0.00012000000000000000304,1795345984986,1795345989750,NULL,1795345989750,1,'{"projectName":[1795345984988,1],"projectPath":[1795345984988,1]}',36,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'Fake generated title 1','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,800,90,20,300,0,0.0010500000000000001519,1795345978626,1795345983037,NULL,1795345983038,1,'{"projectName":[1795345978628,1],"projectPath":[1795345978628,1]}',62,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_dfd0eb893ffeiiiQg9T8ftSj2h','opencode',0,'Fake generated title 1','generated','/home/dev/src/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,120,18,0,80,0,0.00016400000000000000189,1795345696621,1795345706838,NULL,1795345706839,1,'{"projectName":[1795345696622,1],"projectPath":[1795345696622,1]}',63,'694d6eb5641c54d4992bb28aa3d507e852b1847f',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_ee23f00aaffe0newAfterMigrat1','opencode',0,'v1 again, after the migration','generated','/home/dev/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,60,9,0,40,0,8.2000000000000000943e-05,1791500551462,1791500551862,NULL,1791500551862,1,NULL,81,'global',NULL,NULL,NULL,NULL);
INSERT INTO sessions VALUES('ses_ee23f48fafferHslj7rwP1LkA5','opencode',0,'Talk in v1','generated','/home/dev/proj','proj',NULL,'fake-1','fake','1.18.33',NULL,NULL,NULL,60,9,0,40,0,8.2000000000000000943e-05,1791500531462,1791500531862,NULL,1791500531862,1,NULL,82,'global',NULL,NULL,NULL,NULL);
CREATE TABLE IF NOT EXISTS "messages" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "role" TEXT,
    "text_content" TEXT,
    "model" TEXT,
    "provider" TEXT,
    "agent" TEXT,
    "agent_id" TEXT,
    "parent_id" TEXT,
    "finish_reason" TEXT,
    "error" TEXT,
    "prompt_tokens" BIGINT,
    "completion_tokens" BIGINT,
    "reasoning_tokens" BIGINT,
    "cache_read_tokens" BIGINT,
    "cache_write_tokens" BIGINT,
    "cost" REAL,
    "duration_ms" BIGINT,
    "created_at" DATETIME,
    "completed_at" DATETIME,
    "updated_at" DATETIME,
    "removed_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0, "reasoning_text" TEXT, "reasoning_hash" TEXT, "reasoning_bytes" BIGINT, "attachments" TEXT, "is_sidechain" BOOLEAN, "request_id" TEXT, "copied_from_id" TEXT, "cache_write_1h_tokens" BIGINT, "removed_inferred" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "messages_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO messages VALUES(1,'msg_2207a6150001molWKYRHKf5i92','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'user','#deny','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795841220945,NULL,1795841221093,NULL,1795841239683,1,NULL,4,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(2,'msg_2207a8224001Snar0vO63chhyV','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'assistant','I call.','fake-1','fake','build',NULL,'msg_2207a6150001molWKYRHKf5i92','tool-calls',NULL,100,10,0,0,0,0.0,10014,1795841229349,1795841239363,1795841239363,NULL,1795841239363,1,NULL,5,'I think.',NULL,8,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(3,'msg_2207aa9f8001DkN7ReleDJn3dn','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'user','#sleep','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795841239544,NULL,1795841239561,NULL,1795841239975,1,NULL,6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(4,'msg_2207aaa7a001kKLCTiknIE6j3q','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'assistant','I call.','fake-1','fake','build',NULL,'msg_2207aa9f8001DkN7ReleDJn3dn',NULL,'MessageAbortedError: Aborted',0,0,0,0,0,0.0,2770,1795841239674,1795841242444,1795841242444,NULL,1795841242444,1,NULL,7,'I think.',NULL,8,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(5,'msg_2207ab78d001HKxFF1XAeddupY','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'user','#mcp','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795841243021,NULL,1795841246463,1795841246463,1795841246463,1,NULL,8,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(6,'msg_2207ab7e5001RZQZLlAuCPinxs','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'assistant','I call.','fake-1','fake','build',NULL,'msg_2207ab78d001HKxFF1XAeddupY','tool-calls',NULL,100,10,0,0,0,0.0,968,1795841243109,1795841244077,1795841246475,1795841246475,1795841246475,1,NULL,9,'I think.',NULL,8,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(7,'msg_2207abbd6001z6Nel8YJU102by','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'assistant','Done.','fake-1','fake','build',NULL,'msg_2207ab78d001HKxFF1XAeddupY','stop',NULL,100,10,0,0,0,0.0,838,1795841244118,1795841244956,1795841246481,1795841246481,1795841246481,1,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(8,'msg_2207ac522001LTqtWihq3afEJi','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'user','#plain','fake-2','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795841246499,NULL,1795841246569,NULL,1795841247568,1,NULL,11,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(9,'msg_2207ac590001x80cgYN3j4D4im','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'assistant','Hello there.','fake-2','fake','build',NULL,'msg_2207ac522001LTqtWihq3afEJi','stop',NULL,100,10,0,0,0,0.0,728,1795841246608,1795841247336,1795841247336,NULL,1795841247336,1,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(10,'msg_202fe3f59001c2ysGwSlbgdkq4','ses_dfd01c0f6ffeGHkBxjH1KcrNCF','opencode',0,'user','@@slow@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346546521,NULL,1795346546541,NULL,1795346547605,1,NULL,13,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(11,'msg_202fe42f1001a4LD2UhCZrSE59','ses_dfd01c0f6ffeGHkBxjH1KcrNCF','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202fe3f59001c2ysGwSlbgdkq4',NULL,NULL,0,0,0,0,0,0.0,NULL,1795346547441,NULL,1795346547441,NULL,1795346547441,1,NULL,14,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(12,'msg_202fe0f84001LktW8JlsMPSIp4','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'user','@@overflow@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346534276,NULL,1795346534288,NULL,1795346535094,1,NULL,15,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(13,'msg_202fe123e001sTJTw643KKbERd','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202fe0f84001LktW8JlsMPSIp4',NULL,NULL,0,0,0,0,0,0.0,701,1795346534974,1795346535675,1795346535675,NULL,1795346535675,1,NULL,16,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(14,'msg_202fe14fd001kkRrnynXG2LvvY','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'user',NULL,'fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346535677,NULL,1795346535677,NULL,1795346535879,1,NULL,41,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(15,'msg_202fe15050018B58FhsQZ632C7','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'assistant',replace('## Goal\nfake compaction summary number 14','\n',char(10)),'fake-1','fake','compaction',NULL,'msg_202fe14fd001kkRrnynXG2LvvY','stop',NULL,50,20,0,0,0,9.0000000000000005672e-05,141,1795346535685,1795346535826,1795346535826,NULL,1795346535826,1,NULL,38,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(17,'msg_202fe1595001ge0uzqNIvC9Xof','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'user',NULL,'fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346535829,NULL,1795346535829,NULL,1795346535829,1,NULL,39,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(18,'msg_202fe159a001Wrchi1KUdboggR','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'assistant','Hello from the fake model, request 15.','fake-1','fake','build',NULL,'msg_202fe1595001ge0uzqNIvC9Xof','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,139,1795346535834,1795346535973,1795346535973,NULL,1795346535973,1,NULL,40,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(20,'msg_202fcf355001PwpccG3aID0Obo','ses_dfd030d05ffe7iW2HU8kUwJPsx','opencode',0,'user','@@http400@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346461525,NULL,1795346461537,NULL,1795346462364,1,NULL,42,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(21,'msg_202fcf6090014QKFiia1Agr6yZ','ses_dfd030d05ffe7iW2HU8kUwJPsx','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202fcf355001PwpccG3aID0Obo',NULL,'APIError: fake error 400',0,0,0,0,0,0.0,741,1795346462217,1795346462958,1795346462958,NULL,1795346462958,1,NULL,43,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(22,'msg_202fb6d65001m5zorYlt3jhzix','ses_dfd0492d9ffeYGxar0o0VkGi4w','opencode',0,'user','"look at this file"','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346361701,NULL,1795346362318,NULL,1795346362465,1,NULL,44,NULL,NULL,NULL,'[{"name":"README.md","type":"text/plain","path":"/home/dev/src/proj/README.md"}]',NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(23,'msg_202fb6fdc001vbu6ddIfpsr0ly','ses_dfd0492d9ffeYGxar0o0VkGi4w','opencode',0,'assistant','Hello from the fake model, request 61.','fake-1','fake','build',NULL,'msg_202fb6d65001m5zorYlt3jhzix','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,691,1795346362333,1795346363024,1795346363024,NULL,1795346363024,1,NULL,45,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(24,'msg_202fb4c3f0019IhoD2aFQJ885J','ses_dfd04b3caffeRfwaKu3omKKYJs','opencode',0,'user','do the sub job','fake-1','fake','general',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346353216,NULL,1795346353222,NULL,1795346353508,1,NULL,46,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(25,'msg_202fb4c520019msFmT0yZSLYtc','ses_dfd04b3caffeRfwaKu3omKKYJs','opencode',0,'assistant','Hello from the fake model, request 56.','fake-1','fake','general',NULL,'msg_202fb4c3f0019IhoD2aFQJ885J','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,142,1795346353234,1795346353376,1795346353376,NULL,1795346353376,1,NULL,47,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(26,'msg_202fb46f2001CYwIg4TbyNMUIz','ses_dfd04b95cffen32jxg7rPiJwAx','opencode',0,'user','@@subagent@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795346351858,NULL,1795346351871,NULL,1795346352612,1,NULL,48,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(27,'msg_202fb496a001sQt1m8vp2i3mUm','ses_dfd04b95cffen32jxg7rPiJwAx','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202fb46f2001CYwIg4TbyNMUIz','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,952,1795346352490,1795346353442,1795346353442,NULL,1795346353443,1,NULL,49,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(28,'msg_202fb4d27001JbMXnngFp1UPHH','ses_dfd04b95cffen32jxg7rPiJwAx','opencode',0,'assistant','parent done','fake-1','fake','build',NULL,'msg_202fb46f2001CYwIg4TbyNMUIz','stop',NULL,100,10,0,0,0,0.00012000000000000000304,120,1795346353447,1795346353567,1795346353567,NULL,1795346353567,1,NULL,50,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(29,'msg_202f5ae540012sh7LEcWJ2Qy4d','ses_dfd0a5225ffeTjiozQ97R9OFqX','opencode',0,'user','@@http500r@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795345985108,NULL,1795345985123,NULL,1795345986319,1,NULL,51,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(30,'msg_202f5b266001DlLfaAD5GNJXQK','ses_dfd0a5225ffeTjiozQ97R9OFqX','opencode',0,'assistant','recovered from 500','fake-1','fake','build',NULL,'msg_202f5ae540012sh7LEcWJ2Qy4d','stop',NULL,100,10,0,0,0,0.00012000000000000000304,3591,1795345986150,1795345989741,1795345989741,NULL,1795345989741,1,NULL,52,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(31,'msg_202f59574001nO6VgUVn2QcMNA','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'user','@@tools@@','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795345978740,NULL,1795345978769,NULL,1795345982957,1,NULL,64,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(32,'msg_202f599fa001yjjExDFZInY0QK','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant','I will write a file.','fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,1341,1795345979899,1795345981240,1795345981240,NULL,1795345981240,1,NULL,54,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(33,'msg_202f59f3c001y0CkUtO1KZq6bX','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,406,1795345981244,1795345981650,1795345981650,NULL,1795345981650,1,NULL,65,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(36,'msg_202f5a0d6001nJCWRRwcaj1Tik','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,233,1795345981654,1795345981887,1795345981887,NULL,1795345981887,1,NULL,66,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(37,'msg_202f5a1c6001ROSTNqdUCcmJKZ','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,493,1795345981894,1795345982387,1795345982387,NULL,1795345982388,1,NULL,67,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(38,'msg_202f5a3b7001CZHtcUXggrPvHt','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,239,1795345982391,1795345982630,1795345982630,NULL,1795345982630,1,NULL,68,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(39,'msg_202f5a4ab001cZ1WZRZt2xYLJa','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant',NULL,'fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','tool-calls',NULL,100,10,0,0,0,0.00012000000000000000304,180,1795345982635,1795345982815,1795345982815,NULL,1795345982815,1,NULL,69,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(40,'msg_202f5a567001vbSuuvOBjvOFWD','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'assistant','All done with tools.','fake-1','fake','build',NULL,'msg_202f59574001nO6VgUVn2QcMNA','stop',NULL,200,30,20,300,0,0.00032999999999999999819,205,1795345982823,1795345983028,1795345983028,NULL,1795345983028,1,NULL,70,'thinking about it',NULL,17,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(41,'msg_202f1483b001ob6b2kG99dGcpE','ses_dfd0eb893ffeiiiQg9T8ftSj2h','opencode',0,'user','hello','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795345696827,NULL,1795345696843,NULL,1795345698386,1,NULL,71,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(42,'msg_202f14d88001UHZGInip7uSAjR','ses_dfd0eb893ffeiiiQg9T8ftSj2h','opencode',0,'assistant','Hello from the fake model, request 2.','fake-1','fake','build',NULL,'msg_202f1483b001ob6b2kG99dGcpE','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,1566,1795345698184,1795345699750,1795345699750,NULL,1795345699750,1,NULL,72,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(43,'msg_202f15f76001tqMIeOHXg7ke9J','ses_dfd0eb893ffeiiiQg9T8ftSj2h','opencode',0,'user','"second turn"','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795345702774,NULL,1795345702785,NULL,1795345704825,1,NULL,73,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(44,'msg_202f166c8001NVEmtAbeUaGuFr','ses_dfd0eb893ffeiiiQg9T8ftSj2h','opencode',0,'assistant','Hello from the fake model, request 3.','fake-1','fake','build',NULL,'msg_202f15f76001tqMIeOHXg7ke9J','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,2181,1795345704648,1795345706829,1795345706829,NULL,1795345706829,1,NULL,74,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(45,'msg_11dc105000017kTOc8H1lLx2Ro','ses_ee23f00aaffe0newAfterMigrat1','opencode',0,'user','v1 after v2','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1791500551522,NULL,1791500551522,NULL,1791500551902,1,NULL,83,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(46,'msg_11dc105a0001w2o4HJ921372E2','ses_ee23f00aaffe0newAfterMigrat1','opencode',0,'assistant','Only in the v1 tables.','fake-1','fake','build',NULL,'msg_11dc105000017kTOc8H1lLx2Ro','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,200,1791500551622,1791500551822,1791500551822,NULL,1791500551823,1,NULL,84,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(47,'msg_11dc0b7410017kTOc8H1lLx2Ro','ses_ee23f48fafferHslj7rwP1LkA5','opencode',0,'user','hello in v1','fake-1','fake','build',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1791500531522,NULL,1791500531522,NULL,1791500531902,1,NULL,85,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO messages VALUES(48,'msg_11dc0b7dc001w2o4HJ921372E2','ses_ee23f48fafferHslj7rwP1LkA5','opencode',0,'assistant','Hello from v1.','fake-1','fake','build',NULL,'msg_11dc0b7410017kTOc8H1lLx2Ro','stop',NULL,60,9,0,40,0,8.2000000000000000943e-05,200,1791500531622,1791500531822,1791500531822,NULL,1791500531823,1,NULL,86,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE IF NOT EXISTS "tool_calls" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "message_id" TEXT,
    "agent_id" TEXT,
    "is_sidechain" BOOLEAN,
    "position" BIGINT,
    "name" TEXT,
    "kind" TEXT,
    "status" TEXT,
    "status_inferred" BOOLEAN NOT NULL DEFAULT false,
    "input" TEXT,
    "input_hash" TEXT,
    "input_bytes" BIGINT,
    "output" TEXT,
    "output_hash" TEXT,
    "output_bytes" BIGINT,
    "error" TEXT,
    "file_path" TEXT,
    "child_session_id" TEXT,
    "child_agent_id" TEXT,
    "data" TEXT,
    "created_at" DATETIME,
    "completed_at" DATETIME,
    "duration_ms" BIGINT,
    "updated_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "tool_calls_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO tool_calls VALUES(1,'msg_2207a8224001Snar0vO63chhyV/call_deny00','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'msg_2207a8224001Snar0vO63chhyV',NULL,NULL,3,'bash','shell','denied',0,'{"command":"rm -rf x","description":"rm"}',NULL,41,NULL,NULL,NULL,'The user rejected permission to use this specific tool call.',NULL,NULL,NULL,NULL,1795841238010,1795841238965,955,1795841238965,1795841238965,1,NULL,19);
INSERT INTO tool_calls VALUES(2,'msg_2207aaa7a001kKLCTiknIE6j3q/call_sleep00','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'msg_2207aaa7a001kKLCTiknIE6j3q',NULL,NULL,3,'bash','shell','interrupted',0,'{"command":"echo begun; sleep 30","description":"sleep"}',NULL,56,replace('begun\n\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>','\n',char(10)),NULL,67,NULL,NULL,NULL,NULL,'{"title":"echo begun; sleep 30"}',1795841240161,1795841242206,2045,1795841242206,1795841242207,1,NULL,20);
INSERT INTO tool_calls VALUES(3,'msg_2207ab7e5001RZQZLlAuCPinxs/call_mcp00','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'msg_2207ab7e5001RZQZLlAuCPinxs',NULL,NULL,3,'fakemcp_hello','mcp','success',0,'{"name":"x"}',NULL,12,replace('one\n\ntwo','\n',char(10)),NULL,8,NULL,NULL,NULL,NULL,NULL,1795841243659,1795841243718,59,1795841243718,1795841243719,1,NULL,21);
INSERT INTO tool_calls VALUES(4,'msg_202fb496a001sQt1m8vp2i3mUm/call_55_0','ses_dfd04b95cffen32jxg7rPiJwAx','opencode',0,'msg_202fb496a001sQt1m8vp2i3mUm',NULL,NULL,1,'task','task','success',0,'{"description":"sub job","prompt":"do the sub job","subagent_type":"general"}',NULL,77,replace('<task id="ses_dfd04b3caffeRfwaKu3omKKYJs" state="completed">\n<task_result>\nHello from the fake model, request 56.\n</task_result>\n</task>','\n',char(10)),NULL,136,NULL,NULL,'ses_dfd04b3caffeRfwaKu3omKKYJs',NULL,'{"title":"sub job"}',1795346353210,1795346353385,175,1795346353385,1795346353385,1,NULL,56);
INSERT INTO tool_calls VALUES(5,'msg_202f599fa001yjjExDFZInY0QK/call_2_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f599fa001yjjExDFZInY0QK',NULL,NULL,2,'write','write','success',0,'{"filePath":"/home/dev/src/proj/out.txt","content":"line one\n"}',NULL,64,'Wrote file successfully.',NULL,24,NULL,'/home/dev/src/proj/out.txt',NULL,NULL,'{"title":"out.txt"}',1795345981101,1795345981116,15,1795345981116,1795345981116,1,NULL,57);
INSERT INTO tool_calls VALUES(6,'msg_202f59f3c001y0CkUtO1KZq6bX/call_3_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f59f3c001y0CkUtO1KZq6bX',NULL,NULL,1,'bash','shell','success',0,'{"command":"echo from bash; cat out.txt","description":"cat file"}',NULL,66,replace('from bash\nline one\n','\n',char(10)),NULL,19,NULL,NULL,NULL,NULL,'{"exitCode":0,"title":"echo from bash; cat out.txt"}',1795345981381,1795345981526,145,1795345981526,1795345981527,1,NULL,75);
INSERT INTO tool_calls VALUES(7,'msg_202f59f3c001y0CkUtO1KZq6bX/call_3_1','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f59f3c001y0CkUtO1KZq6bX',NULL,NULL,2,'read','read','success',0,'{"filePath":"/home/dev/src/proj/out.txt"}',NULL,41,replace('<path>/home/dev/src/proj/out.txt</path>\n<type>file</type>\n<content>\n1: line one\n\n(End of file - total 1 lines)\n</content>','\n',char(10)),NULL,121,NULL,'/home/dev/src/proj/out.txt',NULL,NULL,'{"title":"out.txt"}',1795345981396,1795345981551,155,1795345981551,1795345981551,1,NULL,76);
INSERT INTO tool_calls VALUES(8,'msg_202f5a0d6001nJCWRRwcaj1Tik/call_4_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f5a0d6001nJCWRRwcaj1Tik',NULL,NULL,1,'todowrite','todo','success',0,'{"todos":[{"content":"do a thing","status":"in_progress","priority":"high"},{"content":"other","status":"pending","priority":"low"}]}',NULL,133,replace('[\n  {\n    "content": "do a thing",\n    "status": "in_progress",\n    "priority": "high"\n  },\n  {\n    "content": "other",\n    "status": "pending",\n    "priority": "low"\n  }\n]','\n',char(10)),NULL,172,NULL,NULL,NULL,NULL,'{"title":"2 todos"}',1795345981783,1795345981786,3,1795345981786,1795345981787,1,NULL,77);
INSERT INTO tool_calls VALUES(9,'msg_202f5a1c6001ROSTNqdUCcmJKZ/call_5_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f5a1c6001ROSTNqdUCcmJKZ',NULL,NULL,1,'edit','edit','success',0,'{"filePath":"/home/dev/src/proj/out.txt","oldString":"line one","newString":"line 1"}',NULL,85,'Edit applied successfully.',NULL,26,NULL,'/home/dev/src/proj/out.txt',NULL,NULL,'{"title":"out.txt","diff":"Index: /home/dev/src/proj/out.txt\n===================================================================\n--- /home/dev/src/proj/out.txt\n+++ /home/dev/src/proj/out.txt\n@@ -1,1 +1,1 @@\n-line one\n+line 1\n"}',1795345982001,1795345982030,29,1795345982030,1795345982031,1,NULL,78);
INSERT INTO tool_calls VALUES(10,'msg_202f5a3b7001CZHtcUXggrPvHt/call_6_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f5a3b7001CZHtcUXggrPvHt',NULL,NULL,1,'bash','shell','success',0,'{"command":"exit 3","description":"fail"}',NULL,41,'(no output)',NULL,11,NULL,NULL,NULL,NULL,'{"exitCode":3,"title":"exit 3"}',1795345982500,1795345982512,12,1795345982512,1795345982512,1,NULL,79);
INSERT INTO tool_calls VALUES(11,'msg_202f5a4ab001cZ1WZRZt2xYLJa/call_7_0','ses_dfd0a6afdffeeBKbBnp9ESn6FD','opencode',0,'msg_202f5a4ab001cZ1WZRZt2xYLJa',NULL,NULL,1,'invalid','other','success',0,'{"tool":"nosuchtool","error":"Model tried to call unavailable tool ''nosuchtool''. Available tools: bash, edit, glob, grep, invalid, read, skill, task, todowrite, webfetch, write."}',NULL,179,'The arguments provided to the tool are invalid: Model tried to call unavailable tool ''nosuchtool''. Available tools: bash, edit, glob, grep, invalid, read, skill, task, todowrite, webfetch, write.',NULL,195,NULL,NULL,NULL,NULL,'{"title":"Invalid Tool"}',1795345982707,1795345982710,3,1795345982710,1795345982710,1,NULL,80);
CREATE TABLE IF NOT EXISTS "session_events" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "kind" TEXT,
    "message_id" TEXT,
    "tool_call_id" TEXT,
    "text" TEXT,
    "data" TEXT,
    "created_at" DATETIME,
    "updated_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "session_events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO session_events VALUES(1,'msg_2207aaa7a001kKLCTiknIE6j3q','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'interrupt','msg_2207aaa7a001kKLCTiknIE6j3q',NULL,'MessageAbortedError: Aborted',NULL,1795841242444,1795841242444,1795841242444,1,NULL,22);
INSERT INTO session_events VALUES(2,'2207abf56001pQCEVAuq4HmgRb','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'rename',NULL,NULL,'My own title','{"from":"Title #deny"}',1795841245014,1795841245014,1795841245014,1,NULL,23);
INSERT INTO session_events VALUES(3,'2207ac1ef001cWicr3qaj01pcG','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'revert','msg_2207ab78d001HKxFF1XAeddupY',NULL,NULL,'{"to":"msg_2207ab78d001HKxFF1XAeddupY"}',1795841245679,1795841245679,1795841245679,1,NULL,24);
INSERT INTO session_events VALUES(4,'2207ac298001I1m9YwqA31BP40','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'revert','msg_2207ab78d001HKxFF1XAeddupY',NULL,NULL,'{"to":"msg_2207ab78d001HKxFF1XAeddupY","undone":true}',1795841245848,1795841245848,1795841245848,1,NULL,25);
INSERT INTO session_events VALUES(5,'2207ac4d3001ckxFkwBalyMW6w','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'revert','msg_2207ab78d001HKxFF1XAeddupY',NULL,NULL,'{"to":"msg_2207ab78d001HKxFF1XAeddupY"}',1795841246419,1795841246419,1795841246419,1,NULL,26);
INSERT INTO session_events VALUES(6,'2207ac51d001SdYsBDaS38Lwoc','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'revert','msg_2207ab78d001HKxFF1XAeddupY',NULL,NULL,'{"boundary":"msg_2207ab78d001HKxFF1XAeddupY"}',1795841246493,1795841246493,1795841246493,1,NULL,27);
INSERT INTO session_events VALUES(7,'2207ac525001bAJB0cblFaLqBl','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'model',NULL,NULL,'fake-2','{"model":"fake-2","provider":"fake","from":"fake-1"}',1795841246501,1795841246501,1795841246501,1,NULL,28);
INSERT INTO session_events VALUES(8,'archive-1795841247379','ses_ddf85a1d9ffeAjxY50zgx5BkQO','opencode',0,'archive',NULL,NULL,NULL,NULL,1795841247379,1795841247379,1795841247463,1,NULL,29);
INSERT INTO session_events VALUES(9,'msg_202fe14fd001kkRrnynXG2LvvY','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'compaction','msg_202fe14fd001kkRrnynXG2LvvY',NULL,replace('## Goal\nfake compaction summary number 14','\n',char(10)),'{"trigger":"auto","overflow":true}',1795346535679,1795346535756,1795346535826,1,'{"data":[1795346535679,1]}',58);
INSERT INTO session_events VALUES(11,'prt_202fe1597001nYVuxn6pU7lv4W','ses_dfd01f0d2ffex4xsIQZSdhs2dH','opencode',0,'injected','msg_202fe1595001ge0uzqNIvC9Xof',NULL,replace('The previous request exceeded the provider''s size limit due to large media attachments. The conversation was compacted and media files were removed from context. If the user was asking about attached images or files, explain that the attachments were too large to process and suggest they try again with smaller or fewer files.\n\nContinue if you have next steps, or stop and ask for clarification if you are unsure how to proceed.','\n',char(10)),NULL,1795346535831,1795346535831,1795346535831,1,NULL,59);
INSERT INTO session_events VALUES(12,'prt_202fb6fc200199oWus8yCJhXvX','ses_dfd0492d9ffeYGxar0o0VkGi4w','opencode',0,'injected','msg_202fb6d65001m5zorYlt3jhzix',NULL,'Called the Read tool with the following input: {"filePath":"/home/dev/src/proj/README.md"}',NULL,1795346362312,1795346362312,1795346362312,1,NULL,60);
INSERT INTO session_events VALUES(13,'prt_202fb6fc2002JNWh2SxHYJse2D','ses_dfd0492d9ffeYGxar0o0VkGi4w','opencode',0,'injected','msg_202fb6d65001m5zorYlt3jhzix',NULL,replace('<path>/home/dev/src/proj/README.md</path>\n<type>file</type>\n<content>\n1: hi\n\n(End of file - total 1 lines)\n</content>','\n',char(10)),NULL,1795346362315,1795346362315,1795346362315,1,NULL,61);
CREATE TABLE IF NOT EXISTS "blobs" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "bytes" BIGINT NOT NULL,
    "text" TEXT,
    "deflated" BLOB,
    "is_cut" BOOLEAN NOT NULL DEFAULT false
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('messages',48);
INSERT INTO sqlite_sequence VALUES('tool_calls',11);
INSERT INTO sqlite_sequence VALUES('session_events',13);
CREATE INDEX "sessions_updated_at_idx" ON "sessions"("updated_at");
CREATE INDEX "sessions_changed_seq_idx" ON "sessions"("changed_seq");
CREATE UNIQUE INDEX "messages_session_id_id_key" ON "messages"("session_id", "id");
CREATE INDEX "messages_session_id_created_at_idx" ON "messages"("session_id", "created_at");
CREATE INDEX "messages_source_idx" ON "messages"("source");
CREATE INDEX "messages_changed_seq_idx" ON "messages"("changed_seq");
CREATE INDEX "messages_id_copied_from_id_idx" ON "messages"("id", "copied_from_id");
CREATE INDEX "tool_calls_session_id_created_at_idx" ON "tool_calls"("session_id", "created_at");
CREATE INDEX "tool_calls_session_id_status_idx" ON "tool_calls"("session_id", "status");
CREATE INDEX "tool_calls_changed_seq_idx" ON "tool_calls"("changed_seq");
CREATE UNIQUE INDEX "tool_calls_session_id_id_key" ON "tool_calls"("session_id", "id");
CREATE INDEX "session_events_session_id_created_at_idx" ON "session_events"("session_id", "created_at");
CREATE INDEX "session_events_session_id_kind_idx" ON "session_events"("session_id", "kind");
CREATE INDEX "session_events_changed_seq_idx" ON "session_events"("changed_seq");
CREATE UNIQUE INDEX "session_events_session_id_id_key" ON "session_events"("session_id", "id");
COMMIT;
