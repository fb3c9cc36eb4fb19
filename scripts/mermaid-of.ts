/**
 * A machine's states and transitions as mermaid's stateDiagram-v2, walked from its definition. Mermaid draws arrows
 * between siblings alone, so one that leaves a composite state starts at its edge, and its label names the inner state;
 * one that a composite state has for all of its inner states starts at "any of these". A transition that stays where it
 * is changes memory only, and is not drawn.
 */
import type { AnyStateNode, AnyTransitionDefinition } from "xstate";

interface Arrow {
  /** The state whose inner states it joins. */
  within: AnyStateNode;
  from: string;
  to: string;
  label: string;
}

export function mermaidOf(root: AnyStateNode): string {
  return ["stateDiagram-v2", ...inside(root, arrowsBelow(root), "  ")].join("\n");
}

function inside(parent: AnyStateNode, all: readonly Arrow[], indent: string): string[] {
  const children = Object.values(parent.states);
  const arrows = all.filter(({ within }) => within === parent);
  const hasAny = arrows.some(({ from }) => from === anyOf(parent));
  return [
    ...children.flatMap((child) => declared(child, all, indent)),
    ...(hasAny ? [`${indent}state "any of these" as ${anyOf(parent)}`] : []),
    ...children.filter((child) => isInitial(child)).map((child) => `${indent}[*] --> ${nameOf(child)}`),
    ...joined(arrows).map((line) => indent + line),
  ];
}

function declared(child: AnyStateNode, all: readonly Arrow[], indent: string): string[] {
  const head = `${indent}state "${child.key}" as ${nameOf(child)}`;
  if (isAtomic(child)) return [head];
  return [`${head} {`, ...inside(child, all, `${indent}  `), `${indent}}`];
}

/** Several ways from one state to another are one arrow with several lines. */
function joined(arrows: readonly Arrow[]): string[] {
  const labels = new Map<string, Set<string>>();
  for (const { from, to, label } of arrows) {
    const key = `${from} --> ${to}`;
    labels.set(key, (labels.get(key) ?? new Set()).add(label));
  }
  return [...labels].map(([key, lines]) => `${key} : ${[...lines].join("<br/>")}`);
}

function arrowsBelow(node: AnyStateNode): Arrow[] {
  const named = [...node.transitions].flatMap(([event, list]) =>
    list.map((transition) => ({ event, transition })),
  );
  const always = (node.always ?? []).map((transition) => ({ event: "", transition }));
  return [
    ...[...named, ...always].flatMap(({ event, transition }) => arrowsOf(node, event, transition)),
    ...Object.values(node.states).flatMap(arrowsBelow),
  ];
}

function arrowsOf(node: AnyStateNode, event: string, transition: AnyTransitionDefinition): Arrow[] {
  const label = labelOf(event, transition);
  return (transition.target ?? []).map((target: AnyStateNode): Arrow => {
    if (!isAtomic(node) && pathUp(target).includes(node)) {
      return { within: node, from: anyOf(node), to: nameOf(childTowards(node, target)), label };
    }
    const above = pathUp(node).slice(1);
    const within =
      pathUp(target)
        .slice(1)
        .find((state) => above.includes(state)) ?? node.machine.root;
    const from = childTowards(within, node);
    const inner = node.path.slice(from.path.length).join(".");
    return {
      within,
      from: nameOf(from),
      to: nameOf(childTowards(within, target)),
      label: inner === "" ? label : `${inner}: ${label}`,
    };
  });
}

function labelOf(event: string, { guard }: AnyTransitionDefinition): string {
  // xstate.after.DELAY.STATE: a delayed transition.
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(event) ?? [];
  const name = delay === undefined ? event : `after ${delay}`;
  const condition = guardName(guard);
  return (
    [name, condition === "" ? "" : `[${condition}]`].filter((part) => part !== "").join(" ") || "otherwise"
  );
}

function guardName(guard: unknown): string {
  if (typeof guard === "string") return guard;
  return typeof guard === "object" && guard !== null && "type" in guard ? String(guard.type) : "";
}

const nameOf = (node: AnyStateNode): string => node.path.join("_");
const anyOf = (node: AnyStateNode): string => [...node.path, "any"].join("_");
const isAtomic = (node: AnyStateNode): boolean => Object.keys(node.states).length === 0;
const isInitial = (node: AnyStateNode): boolean => node.parent?.initial.target?.includes(node) === true;

/** The state itself first, the root last. */
function pathUp(node: AnyStateNode): AnyStateNode[] {
  return node.parent === undefined ? [node] : [node, ...pathUp(node.parent)];
}

/** The inner state of `around` that holds `node`; where that is `around` itself, the one it begins with. */
function childTowards(around: AnyStateNode, node: AnyStateNode): AnyStateNode {
  const [initial] = around.initial.target ?? [];
  return pathUp(node).find((state) => state.parent === around) ?? initial ?? node;
}
