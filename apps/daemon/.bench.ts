import { connectPrisma } from "./src/storage/prismaClient.ts";
import { migrate } from "./src/storage/migrate/migrate.ts";
import { messageTable, sessionTable, upsertSql, rowToJson } from "./src/storage/table.ts";
import Database from "libsql"; import fs from "node:fs";
const d="/tmp/de/w/b.db"; for (const x of ["","-wal","-shm"]) fs.rmSync(d+x,{force:true});
console.log(migrate({database:d,backups:"/tmp/de/w",migrations:"/work/main/prisma/migrations"}));
const prisma = await connectPrisma(d);
const raw = new Database(d); raw.pragma("synchronous=FULL"); raw.pragma("foreign_keys=ON");
raw.exec("insert or ignore into sessions(id) values('s')");
let n=0;
const text="x".repeat(2000);
const row=()=>{const id="msg_"+(n++).toString(36).padStart(8,"0")+Math.random(); const r:any={}; for(const f of messageTable.fields) r[f]=null; return {...r,id,sessionId:"s",source:"opencode",sourceInferred:false,role:"user",textContent:text+n,model:"m",promptTokens:1,completionTokens:2,createdAt:1769760000000+n,updatedAt:1769760000000+n,observedAt:1769760000000+n,observedSeq:0,changedSeq:n}};
const sql=upsertSql(messageTable);
const ins=raw.prepare(`INSERT INTO messages (${messageTable.columns.join(",")}) VALUES (${messageTable.columns.map(()=>"?").join(",")})`);
const time=async(f:()=>any)=>{const t=performance.now(); await f(); return performance.now()-t};
const res:Record<string,number[]>={};
const rec=(k:string,v:number)=>(res[k]??=[]).push(v);
for(let i=0;i<40;i++){
  const A=Array.from({length:100},row),B=Array.from({length:100},row),C=Array.from({length:100},row);
  rec("raw",await time(()=>{raw.exec("BEGIN IMMEDIATE"); for(const r of A) ins.run(...rowToJson(messageTable,r)); raw.exec("COMMIT")}));
  rec("rawjson",await time(()=>{raw.prepare(sql).run(JSON.stringify(B.map(r=>rowToJson(messageTable,r))))}));
  rec("prisma",await time(async()=>{await prisma.$executeRawUnsafe(sql,JSON.stringify(C.map(r=>rowToJson(messageTable,r))))}));
}
for(const k in res){const a=res[k].slice(5).sort((x,y)=>x-y);console.log(k,a[a.length>>1].toFixed(2))}
process.exit(0)
