// The frame of all pages: header with search, the page that the address names, focus on navigation.
// Invariant: text reaches the page through preact alone, which escapes it.

import { type ComponentType, render } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { ComparePage } from "./compare-page.tsx";
import { EventPage } from "./event-page.tsx";
import { href, type Route } from "./links.ts";
import { useRoute } from "./route.ts";
import { SearchBox } from "./search-box.tsx";
import { StabilityPage } from "./stability-page.tsx";
import { StartPage } from "./start-page.tsx";
import { core, whenReady } from "./store.ts";
import { FieldPage, SystemPage } from "./list-pages.tsx";
import { ToolPage } from "./tool-page.tsx";

/** A page gets the names behind its own in the address. */
const PAGES: Readonly<Record<string, ComponentType<{ readonly route: Route }>>> = {
  "": StartPage,
  event: EventPage,
  system: SystemPage,
  field: FieldPage,
  compare: ComparePage,
  tool: ToolPage,
  stability: StabilityPage,
};

const SITE_TITLE = "Linux tracepoints over time";

function App() {
  const route = useRoute();
  const Page = Object.hasOwn(PAGES, route.page) ? PAGES[route.page] : undefined;
  const place = [route.page, ...route.names].join("/");
  useFocus(place, route);
  const { version, arch, kernels } = core();
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), document.querySelector("main")?.focus())}
      >
        Skip to the content
      </a>
      <header>
        <div class="bar">
          <a class="home" href="#/">
            {SITE_TITLE}
          </a>
          <nav aria-label="Pages">
            {[
              ["compare", "Compare"],
              ["tool", "Tools"],
              ["stability", "Stability"],
            ].map(([page = "", label]) => (
              <a href={href([page])} aria-current={route.page === page ? "page" : undefined}>
                {label}
              </a>
            ))}
          </nav>
        </div>
        <SearchBox />
      </header>
      <main id="main" tabIndex={-1}>
        {Page === undefined ? <h1>There is no page {route.page}</h1> : <Page key={place} route={route} />}
      </main>
      <footer>
        <p>
          {kernels.length} kernels for {arch}, written by tpabi {version}. Nothing here asks the network.
        </p>
      </footer>
    </>
  );
}

/** After a step to another page its heading has the focus, so that a screen reader reads it. */
function useFocus(place: string, route: Route): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const heading = document.querySelector("h1");
    document.title = route.page === "" ? SITE_TITLE : `${heading?.textContent ?? ""} · ${SITE_TITLE}`;
    if (!isFirst.current && heading !== null) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [place]);
}

whenReady(() => {
  const root = document.getElementById("app");
  if (root === null) return;
  root.textContent = "";
  render(<App />, root);
});
