// The life of an event: a band over the kernels, coloured by level, and the table of what happened.
// Invariant: the band is for eyes and mice; the table and the kernel's select say and do the same.

import { describeOutcomes } from "../../reports/words.ts";
import { CONTRACTS, type Finding } from "../../rules/finding.ts";
import type { SiteFinding } from "../data.ts";
import { type LifeCell, renamedFrom } from "./history.ts";
import { CompareLink, EventLink, LevelBadge, TableBox } from "./parts.tsx";
import { core } from "./store.ts";

interface Props {
  readonly id: string;
  readonly life: readonly LifeCell[];
  readonly onPick: (version: string) => void;
}

export function LifeView({ id, life, onPick }: Props) {
  const { kernels } = core();
  const happened = life.filter(({ findings }) => findings.length > 0).toReversed();
  return (
    <section aria-labelledby="life">
      <h2 id="life">Life</h2>
      <div class="band" aria-hidden="true">
        {life.map(({ kernel, isThere, level }) => {
          const { version = "", isConfigured } = kernels[kernel] ?? {};
          const state = isThere ? (level ?? "there") : "absent";
          return (
            <span
              class={`cell ${state} ${isConfigured ? "configured" : ""}`}
              title={`${version}: ${describeState(isThere, level, isConfigured)}`}
              onClick={() => isThere && onPick(version)}
            />
          );
        })}
      </div>
      <BandAxis versions={kernels.map(({ version }) => version)} />
      <p class="key" aria-hidden="true">
        {["there", "safe", "possible", "likely", "breaking", "absent"].map((state) => (
          <span>
            <span class={`cell ${state}`} /> {state === "there" ? "unchanged" : state}
          </span>
        ))}
      </p>
      {happened.length === 0 ? (
        <p>Nothing changed in any of these kernels.</p>
      ) : (
        <TableBox label="What happened">
          <table class="happened">
            <thead>
              <tr>
                <th scope="col">kernel</th>
                <th scope="col">level</th>
                <th scope="col">what happened</th>
              </tr>
            </thead>
            <tbody>
              {happened.flatMap(({ kernel, findings }) =>
                findings.map((finding, index) => (
                  <tr>
                    <td>{index === 0 && <Step kernel={kernel} id={id} />}</td>
                    <td>
                      <LevelBadge level={finding.level} />
                    </td>
                    <td>
                      <Happening finding={finding} id={id} />
                    </td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  );
}

/** Versions below the band, as many as there is room for. */
export function BandAxis({ versions }: { readonly versions: readonly string[] }) {
  const step = Math.max(1, Math.ceil(versions.length / 8));
  return (
    <div class="axis muted" aria-hidden="true">
      {versions
        .filter((_, index) => index % step === 0)
        .map((version) => (
          <span>{version}</span>
        ))}
    </div>
  );
}

function describeState(isThere: boolean, level: string | undefined, isConfigured: boolean | undefined): string {
  if (isThere) return level === undefined ? "as before" : level;
  return isConfigured ? "not there, in this configuration" : "not there";
}

function Step({ kernel, id }: { readonly kernel: number; readonly id: string }) {
  const { kernels } = core();
  const { version = "", previous } = kernels[kernel] ?? {};
  const before = kernels[previous ?? -1]?.version;
  return before === undefined ? <>{version}</> : <CompareLink before={before} after={version} event={id} />;
}

function Happening({ finding, id }: { readonly finding: SiteFinding; readonly id: string }) {
  const from = renamedFrom(finding);
  const [now = ""] = finding.events;
  const outcomes = describeOutcomes(asFinding(finding));
  return (
    <>
      {finding.message}
      {outcomes !== "" && <span class="muted"> — {outcomes}</span>}
      {finding.users && <span> Hurts {finding.users.join(", ")}.</span>}
      {from !== undefined && (
        <>
          {" "}
          {from === id ? "It is now " : "It was "}
          <EventLink id={from === id ? now : from} />.
        </>
      )}
    </>
  );
}

/** With the outcomes that the data leave out. */
function asFinding({ contracts, readers }: SiteFinding): Finding {
  const all = Object.fromEntries(CONTRACTS.map((contract) => [contract, contracts[contract] ?? "none"]));
  return { contracts: all, ...(readers && { readers }) } as Finding;
}
