/**
 * The action of a rule of tc: the generic action's verdicts are kefir's, all else is refused by name. Source: iproute2
 * m_action.c, m_gact.c, tc_util.c.
 *
 * @module
 */

import type { Action } from "../model/hooks.ts";
import { type Problem, problem } from "../model/problem.ts";
import { quoteWord, suggest } from "./suggest.ts";
import { beginningOf, type FlowerCursor } from "./tc_flower_cursor.ts";
import { findFlowerKeyword } from "./tc_flower_keywords.ts";

/** A word that says what happens to a packet. */
export interface FlowerAction {
  readonly name: string;
  /** The verdict, when kefir has it. */
  readonly action?: Action;
  /** What it does in tc. */
  readonly meaning: string;
}

/** Actions by which tc decides, of the generic action, in the order in which tc tries their beginnings. */
export const FLOWER_ACTIONS: readonly FlowerAction[] = [
  { name: "continue", meaning: "goes on with the next rule: leave the rule out" },
  { name: "drop", action: "drop", meaning: "drops the packet" },
  { name: "shot", action: "drop", meaning: "drops the packet" },
  { name: "pass", action: "pass", meaning: "passes the packet; no later rule of the filter is tried" },
  { name: "ok", action: "pass", meaning: "passes the packet; no later rule of the filter is tried" },
  { name: "reclassify", meaning: "begins again with the first rule" },
  { name: "pipe", meaning: "goes on with the next action" },
  { name: "goto", meaning: "goes on in another chain" },
  { name: "jump", meaning: "skips actions" },
  { name: "trap", meaning: "sends the packet from a card to the CPU" },
];

/** Actions of tc that do something other than decide. */
export const OTHER_ACTIONS: readonly string[] = [
  ...["bpf", "connmark", "csum", "ct", "ctinfo", "ematch", "estimator", "gate", "ife", "ipt", "mirred", "mpls", "nat"],
  ...["pedit", "police", "sample", "simple", "skbedit", "skbmod", "tunnel_key", "vlan", "xt"],
];

const VERDICTS = FLOWER_ACTIONS.map(({ name }) => name);
/** What begins like one of these behind `action` is a command to tc, and no action. */
const COMMANDS = ["change", "replace", "delete", "get", "add"];
/** Words that belong to some verdicts. */
const ARGUMENTS: ReadonlyMap<string, number> = new Map([["goto", 2], ["jump", 1]]);

/** The verdict that stands behind `action`; undefined after an error was reported. */
export function readFlowerAction(cursor: FlowerCursor): Action | undefined {
  let word = cursor.value("action");
  while (word?.text === "action") word = cursor.value("action");
  const isGeneric = word !== undefined && beginningOf([...VERDICTS, "gact"], word.text) === "gact";
  if (isGeneric) word = cursor.value("action gact");
  if (word === undefined) return undefined;
  const isCommand = !isGeneric && beginningOf(COMMANDS, word.text) !== undefined;
  const verdict = isCommand ? undefined : beginningOf(VERDICTS, word.text);
  const row = FLOWER_ACTIONS.find(({ name }) => name === verdict);
  if (row?.action === undefined) {
    const isShared = isGeneric && beginningOf(["index"], word.text) !== undefined;
    cursor.fail(isShared ? sharedAction() : badAction(word.text, row), word);
    cursor.skip(isShared ? 1 : ARGUMENTS.get(verdict ?? "") ?? 0);
  }
  readMore(cursor);
  return row?.action;
}

/** What may stand behind a verdict. */
function readMore(cursor: FlowerCursor): void {
  for (let word = cursor.next; word !== undefined; word = cursor.next) {
    const keyword = findFlowerKeyword("action", word.text);
    if (keyword === undefined) return;
    cursor.skip(1);
    if (keyword.class === "ignored") cursor.ignore(keyword, word);
    else if (keyword.class === "refused") cursor.refuse(keyword, word);
  }
}

function sharedAction(): Problem {
  const message = "action gact index of tc is not supported: what the action does is said elsewhere";
  return problem("unsupported-keyword", message, "action pass or drop");
}

function badAction(text: string, row: FlowerAction | undefined): Problem {
  if (row === undefined && !OTHER_ACTIONS.includes(text)) {
    const names = FLOWER_ACTIONS.filter(({ action }) => action !== undefined).map(({ name }) => name);
    return problem("bad-action", `${quoteWord(text)} is not an action`, suggest(text, names));
  }
  const why = row === undefined ? "kefir passes and drops" : `it ${row.meaning}`;
  return problem("unsupported-keyword", `action ${text} of tc is not supported: ${why}`, "action pass or drop");
}
