import { migrate } from "./src/storage/migrate/migrate.ts";
import { messageTable as T, rowToJson, upsertSql } from "./src/storage/table.ts";
import Database from "libsql"; import fs from "node:fs";
const d="/tmp/de/w/b.db"; for (const x of ["","-wal","-shm"]) fs.rmSync(d+x,{force:true});
migrate({database:d,backups:"/tmp/de/w",migrations:"/work/main/prisma/migrations"});
const raw = new Database(d); raw.pragma("synchronous=FULL"); raw.pragma("foreign_keys=ON");
raw.exec("insert or ignore into sessions(id) values('s')");
let n=0;
const text="x".repeat(2000);
const row=()=>{const id="msg_"+(n++).toString(36).padStart(8,"0")+Math.random(); const r:any={}; for(const f of T.fields) r[f]=null; return {...r,id,sessionId:"s",source:"opencode",sourceInferred:false,role:"user",textContent:text+n,model:"m",promptTokens:1,completionTokens:2,createdAt:1769760000000+n,updatedAt:1769760000000+n,observedAt:1769760000000+n,observedSeq:0,changedSeq:n}};
const q=T.columns.map(c=>`"${c}"`);
const upd=T.columns.filter(c=>!T.keys.includes(c)).map(c=>`"${c}"=excluded."${c}"`).join(",");
const tail=`WHERE true ON CONFLICT (session_id,id) DO UPDATE SET ${upd}`;
const head=`INSERT INTO messages (${q.join(",")})`;
const V=(f:(i:number)=>string)=>T.columns.map((_,i)=>f(i)).join(",");
const sqls:Record<string,string>={
 now: upsertSql(T),
 mat:`WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1)) ${head} SELECT ${V(i=>`v->>${i}`)} FROM r ${tail}`,
 matb:`WITH r(v) AS MATERIALIZED (SELECT jsonb(value) FROM json_each(?1)) ${head} SELECT ${V(i=>`v->>${i}`)} FROM r ${tail}`,
 matobj:`WITH r(v) AS MATERIALIZED (SELECT jsonb(value) FROM json_each(?1)) ${head} SELECT ${V(i=>`v->>${i}`)} FROM r ${tail}`,
 noconf:`WITH r(v) AS MATERIALIZED (SELECT jsonb(value) FROM json_each(?1)) ${head} SELECT ${V(i=>`v->>${i}`)} FROM r`,
};
const tx=T.fields.indexOf("textContent" as any);
// text apart: plain array of texts, ->> index on a jsonb of texts
sqls.split=`WITH r(k,v) AS MATERIALIZED (SELECT key,jsonb(value) FROM json_each(?1)) ${head} SELECT ${V(i=>i===tx?`(?2 ->> k)`:`v->>${i}`)} FROM r ${tail}`;
sqls.flat=`WITH r(v,t) AS MATERIALIZED (SELECT jsonb(a.value), b.value FROM json_each(?1) a, json_each(?2) b WHERE a.key=b.key) ${head} SELECT ${V(i=>i===tx?`t`:`v->>${i}`)} FROM r ${tail}`;
const ins=raw.prepare(`${head} VALUES (${T.columns.map(()=>"?").join(",")})`);
const time=(f:()=>any)=>{const t=performance.now(); f(); return performance.now()-t};
const res:Record<string,number[]>={};
const rec=(k:string,v:number)=>(res[k]??=[]).push(v);
for(let i=0;i<30;i++){
  const A=Array.from({length:100},row);
  rec("raw",time(()=>{raw.exec("BEGIN IMMEDIATE"); for(const r of A) ins.run(...rowToJson(T,r)); raw.exec("COMMIT")}));
  for(const k in sqls){ if(k==="flat")continue; const B=Array.from({length:100},row);
   const js=JSON.stringify(B.map(r=>rowToJson(T,k==="split"?{...r,textContent:null}:r)));
   rec(k,time(()=>{const s=raw.prepare(sqls[k]); k==="split"?s.run(js,JSON.stringify(B.map(r=>r.textContent))):s.run(js)}));}
}
for(const k in res){const a=res[k].slice(5).sort((x,y)=>x-y);console.log(k,a[a.length>>1].toFixed(2), a[3].toFixed(2))}
