// What to write so that a tool works before and after the changes of an event: the guards of the rules that fired.

import type { SiteFinding } from "../data.ts";
import { Snippet } from "./parts.tsx";

export function Guards({ findings }: { readonly findings: readonly SiteFinding[] }) {
  const rules = [...new Set(findings.filter(({ level }) => level !== "safe").map(({ rule }) => rule))];
  const guards = rules.flatMap((rule) => {
    const text = tpabiJudge.explainRule(rule);
    return text?.guard === undefined ? [] : [{ rule, text, guard: text.guard }];
  });
  if (guards.length === 0) return null;
  return (
    <section aria-labelledby="guards">
      <h2 id="guards">How to work with all of these kernels</h2>
      <p>What the rules advise for the kinds of change above; put in the names of your event and field.</p>
      {guards.map(({ rule, text, guard }) => (
        <details>
          <summary>
            <code>{rule}</code>: {text.title}
          </summary>
          <p>{text.why}</p>
          <Snippet text={guard.text} label={`${rule}, ${guard.language}`} />
        </details>
      ))}
    </section>
  );
}
