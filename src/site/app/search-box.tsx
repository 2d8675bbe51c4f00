// Search as one types, over events, fields, systems and tools: a combobox with a list (WAI-ARIA 1.2).
// Invariant: the index is loaded when the box is used first, and never before the page is drawn.

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";

import { grouped } from "../../reports/text.ts";
import { createSearch, type Hit } from "./search.ts";
import { core, read, useData } from "./store.ts";

export function SearchBox() {
  const [isUsed, use] = useState(false);
  const [text, setText] = useState("");
  const [isOpen, open] = useState(false);
  const [active, setActive] = useState(-1);
  const data = useData(isUsed ? ["search"] : []);
  const isReady = isUsed && data.state === "ready";
  const search = useMemo(() => (isReady ? createSearch(core(), read("search")) : undefined), [isReady]);
  const found = useMemo(() => (text.trim() === "" ? undefined : search?.(text)), [search, text]);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useSlash(input);

  const hits = found?.hits ?? [];
  const isShown = isOpen && text.trim() !== "";
  const go = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    location.hash = hit.link;
    open(false);
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (hits.length > 0) setActive((active + step + hits.length) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(hits[Math.max(active, 0)]);
    } else if (event.key === "Escape") {
      open(false);
      setActive(-1);
    }
  };
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <search class="search">
      <label for={id}>Search events, fields, systems and tools</label>
      <input
        id={id}
        ref={input}
        type="search"
        role="combobox"
        list={undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="sched_switch, prev_state, xfs …"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
        value={text}
        onFocus={() => (use(true), open(true))}
        onBlur={() => open(false)}
        onInput={(event) => (setText(event.currentTarget.value), setActive(-1), open(true))}
        onKeyDown={onKeyDown}
      />
      <div class="results" hidden={!isShown}>
        <p role="status" class="muted">
          {data.state === "failed" ? data.why : found === undefined ? "Loading names…" : summary(found)}
        </p>
        <ul id={`${id}-list`} role="listbox" aria-label="Found">
          {hits.map((hit, index) => (
            <li
              key={hit.link}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              // The list must not take the focus from the input before the click.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(hit)}
            >
              <code>{hit.name}</code> <span class="muted">{hit.about}</span>
            </li>
          ))}
        </ul>
      </div>
    </search>
  );
}

function summary({ hits, total }: { readonly hits: readonly Hit[]; readonly total: number }): string {
  if (total === 0) return "Nothing has such a name.";
  return total > hits.length ? `The first ${hits.length} of ${grouped(total)}` : `${grouped(total)} found`;
}

/** `/` goes to the search, as on many sites, unless one is typing. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isTyping = /^(?:INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
