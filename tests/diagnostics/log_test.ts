import assert from "node:assert/strict";
import { isLogged, type LogEntry, type LogLevel, logOf, setLog } from "../../lib/diagnostics/log.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";

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
