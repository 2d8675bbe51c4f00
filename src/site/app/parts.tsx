// Small pieces that several pages share. Invariant: what colour says, text says, too.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Level } from "../../rules/finding.ts";
import { grouped } from "../../reports/text.ts";
import { LEVEL_TEXT } from "../../reports/words.ts";
import type { KernelEntry } from "../data.ts";
import { eventLink, href } from "./links.ts";
import type { Loading } from "./store.ts";

export function LevelBadge({ level }: { readonly level: Level }) {
  return (
    <span class={`level ${level}`} title={LEVEL_TEXT[level]}>
      {level}
    </span>
  );
}

/** What a page shows until its data are there. */
export function Waiting({ data, total }: { readonly data: Loading; readonly total: number }) {
  return data.state === "failed" ? (
    <p role="alert">{data.why}</p>
  ) : (
    <p role="status" class="muted">
      Loading{total > 5 ? ` (${data.done} of ${total})` : ""}…
    </p>
  );
}

export function EventLink({ id }: { readonly id: string }) {
  return (
    <a href={eventLink(id)}>
      <code>{id}</code>
    </a>
  );
}

export function KernelSelect(props: {
  readonly label: string;
  readonly kernels: readonly (KernelEntry | undefined)[];
  readonly value: string;
  readonly none?: string;
  readonly onChange: (version: string) => void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.none !== undefined && <option value="">{props.none}</option>}
        {props.kernels.flatMap((kernel) =>
          kernel === undefined
            ? []
            : [
                <option key={kernel.version} value={kernel.version}>
                  {kernelName(kernel)}
                </option>,
              ],
        )}
      </select>
    </label>
  );
}

export function kernelName({ version, isConfigured }: KernelEntry): string {
  return isConfigured ? `${version} (Debian's configuration)` : version;
}

export function CompareLink({
  before,
  after,
  event,
}: {
  readonly before: string;
  readonly after: string;
  readonly event?: string;
}) {
  return (
    <a href={href(["compare", before, after], { text: event })}>
      {before} → {after}
    </a>
  );
}

/** That some kernels are not whole, so that what seems gone in them may not be. */
export function IncompleteNote({ kernels }: { readonly kernels: readonly (KernelEntry | undefined)[] }) {
  const lacking = kernels.flatMap((kernel) => (kernel?.incomplete ? [kernel] : []));
  return (
    <>
      {lacking.map(({ version, incomplete = [] }) => (
        <p class="note">
          The source of {version} was not whole, so events that seem gone in it may not be: {incomplete.join("; ")}.
        </p>
      ))}
    </>
  );
}

/** A piece of code with a button that copies it. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, say] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say("copied");
    } catch {
      say("select the text and copy it: the browser does not allow the button to");
    }
  };
  return (
    <div class="snippet">
      <p>
        <button type="button" onClick={() => void copy()} aria-label={`Copy the code: ${label}`}>
          Copy
        </button>{" "}
        <span role="status">{said}</span>
      </p>
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

/** A table that scrolls by itself where the screen is narrow. */
export function TableBox({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

export function Count({ of }: { readonly of: number }) {
  return <td class="count">{of === 0 ? <span class="muted">0</span> : grouped(of)}</td>;
}

/** Adds items to a long list on request, so that the page stays quick. */
export function useMore<T>(items: readonly T[], step: number): readonly [readonly T[], ComponentChildren] {
  const [shown, show] = useState(step);
  const rest = items.length - shown;
  return [
    items.slice(0, shown),
    rest > 0 && (
      <button type="button" onClick={() => show(shown + 5 * step)}>
        Show {grouped(Math.min(rest, 5 * step))} more of {grouped(items.length)}
      </button>
    ),
  ];
}
