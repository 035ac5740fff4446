import assert from "node:assert/strict";
import { isLogged, type LogEntry, type LogLevel, logOf, setLog } from "../../lib/diagnostics/log.ts";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { resolveLists } from "../../lib/syntax/list_file.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { packageSources, ROOT } from "../architecture/sources.ts";

const log = logOf("deploy");

/** What is said at each level, as far as `level` lets it through. */
function saidAt(level?: LogLevel): string[] {
  const said: string[] = [];
  setLog((entry) => said.push(`${entry.level} ${entry.part} ${entry.message}`), level === undefined ? {} : { level });
  try {
    log.debug("one");
    log.info("two");
    log.warn("three");
    return said;
  } finally {
    setLog(undefined);
  }
}

Deno.test("setLog() tells from a level on, and everything unless given", () => {
  const all = ["debug deploy one", "info deploy two", "warn deploy three"];
  assert.deepEqual(saidAt(), all);
  assert.deepEqual(saidAt("debug"), all);
  assert.deepEqual(saidAt("info"), all.slice(1));
  assert.deepEqual(saidAt("warn"), all.slice(2));
  assert.throws(() => setLog(() => {}, { level: "error" as "warn" }), RangeError);
});

Deno.test("setLog() has one callback, and none after undefined", () => {
  const said: string[] = [];
  setLog(() => said.push("first"));
  setLog(() => said.push("second"));
  assert.ok(isLogged("debug"));
  log.info("");
  setLog(undefined);
  assert.ok(!isLogged("warn"));
  log.warn("");
  assert.deepEqual(said, ["second"]);
});

Deno.test("an entry is frozen, and its details are a copy", () => {
  let entry: LogEntry | undefined;
  const details = { name: "web" };
  setLog((one) => entry = one);
  log.info("message", details);
  setLog(undefined);
  details.name = "changed";
  assert.deepEqual(entry, { level: "info", part: "deploy", message: "message", details: { name: "web" } });
  assert.ok(Object.isFrozen(entry) && Object.isFrozen(entry?.details));
});

Deno.test("what a callback throws is dropped, and it is told the next thing all the same", () => {
  const said: string[] = [];
  setLog(({ message }) => {
    said.push(message);
    throw new Error("from the callback");
  });
  try {
    const { filter } = parseFilter("drop\ndrop ip.ttl == 1\n");
    assert.equal(filter.size, 2);
    log.info("last");
  } finally {
    setLog(undefined);
  }
  assert.ok(said.length > 1);
  assert.equal(said.at(-1), "last");
});

Deno.test("what a callback calls is not logged, and neither does it end in a circle", () => {
  const said: string[] = [];
  setLog(({ message }) => {
    said.push(message);
    parseFilter("drop");
    log.warn("within");
  });
  try {
    log.info("outside");
  } finally {
    setLog(undefined);
  }
  assert.deepEqual(said, ["outside"]);
});

Deno.test("every layer that does something has a log of its own, and says something by it", () => {
  // What computes from values alone: wire values, the log itself, the model, the meaning of a filter.
  const silent = ["net", "diagnostics", "model", "semantics"];
  const layers = [...Deno.readDirSync(`${ROOT}lib`)].filter((one) => one.isDirectory).map(({ name }) => name);
  const logs = packageSources().flatMap(({ path }) =>
    [...Deno.readTextFileSync(ROOT + path).matchAll(/logOf\("(\w+)"\)/g)].map(([, part]) => part)
  );
  assert.deepEqual([...new Set(logs)].sort(), layers.filter((one) => !silent.includes(one)).sort());
});

Deno.test("capture and syntax log what they read, and what is odd about it", () => {
  const said: string[] = [];
  setLog(({ part, level, message }) => said.push(`${part} ${level} ${message}`));
  try {
    const web = Deno.readFileSync(`${ROOT}examples/web.pcap`);
    readCapture(web.subarray(0, web.length - 1), "web.pcap");
    const { filter } = parseFilter("drop ip.src in @hosts.txt");
    resolveLists(filter, () => "10.1.2.3/8\n");
  } finally {
    setLog(undefined);
  }
  const like = (pattern: RegExp) => assert.ok(said.some((one) => pattern.test(one)), `${pattern}:\n${said.join("\n")}`);
  like(/^capture warn .*web\.pcap/);
  like(/^capture info read web\.pcap: \d+ packets$/);
  like(/^syntax warn hosts\.txt:1:1: .*\(host-bits\)$/);
});
