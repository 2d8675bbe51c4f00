// A plot over kernels, by uPlot. Invariant: nothing is in the plot alone; every page has a table with its numbers.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface Line {
  readonly label: string;
  /** Name of the colour in app.css, without `--`. */
  readonly color: string;
  /** Bars stand upon each other in the order of the lines; those below zero hang down alone. */
  readonly kind: "line" | "bar" | "bar below" | "dot";
  readonly values: readonly (number | null)[];
}

interface Props {
  /** What a screen reader says in place of the picture. */
  readonly label: string;
  /** One for each value of a line. */
  readonly versions: readonly string[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const HEIGHT = 280;

export function Plot(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { lines, versions } = props;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let plot = draw(element, props);
    const redraw = (): void => {
      plot.destroy();
      plot = draw(element, props);
    };
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => {
      scheme.removeEventListener("change", redraw);
      resize.disconnect();
      plot.destroy();
    };
  }, [lines, versions]);
  return <div class="plot" ref={box} role="img" aria-label={props.label} />;
}

function draw(element: HTMLElement, { versions, lines, format }: Props): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = {
    stroke: color("muted"),
    grid: { stroke: color("line"), width: 1 },
    ticks: { stroke: color("line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  const bars = lines.filter(({ kind }) => kind === "bar");
  // What is drawn last lies on top: the highest bar of a stack comes first.
  const drawn = [
    ...bars.map((line, index) => ({ line, heights: stack(bars.slice(0, index + 1)) })).toReversed(),
    ...lines.filter(({ kind }) => kind !== "bar").map((line) => ({ line, heights: heightsOf(line) })),
  ];
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false, range: [-0.5, versions.length - 0.5] } },
      cursor: { drag: { x: false, y: false } },
      axes: [
        {
          ...axis,
          rotate: -45,
          size: 64,
          incrs: [1, 2, 3, 4, 5, 8, 10, 20],
          space: 24,
          grid: { show: false },
          values: (_plot, splits) => splits.map((split) => (Number.isInteger(split) ? (versions[split] ?? "") : "")),
        },
        { ...axis, values: (_plot, splits) => splits.map((split) => format(Math.abs(split))) },
      ],
      series: [
        { label: "kernel", value: (_plot, x) => versions[x ?? -1] ?? "–" },
        ...drawn.map(({ line }): uPlot.Series => ({
          label: line.label,
          ...strokeOf(line, color(line.color)),
          // The legend says the line's own value, not the height of the stack.
          value: (_plot, _y, _series, index) => (index === null ? "–" : format(line.values[index] ?? 0)),
        })),
      ],
    },
    [versions.map((_, index) => index), ...drawn.map(({ heights }) => [...heights])],
    element,
  );
}

function strokeOf({ kind }: Line, color: string): Partial<uPlot.Series> {
  if (kind === "line") return { stroke: color, width: 2 };
  if (kind === "dot") return { stroke: color, paths: () => null, points: { show: true, size: 8, fill: color } };
  const paths = uPlot.paths.bars?.({ size: [0.8, 40] });
  return { stroke: color, fill: color, width: 0, points: { show: false }, ...(paths && { paths }) };
}

function heightsOf({ kind, values }: Line): readonly (number | null)[] {
  return kind === "bar below" ? values.map((value) => (value === null ? null : -value)) : values;
}

function stack(lines: readonly Line[]): readonly number[] {
  return (lines[0]?.values ?? []).map((_, index) => lines.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
}
