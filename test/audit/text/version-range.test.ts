// Conditions on the version of the kernel, and the releases on which they hold.

import { describe, expect, test } from "@jest/globals";
import { satisfies } from "semver";

import { versionRange } from "../../../src/audit/text/version-range.ts";

const RANGES: readonly (readonly [string, string | undefined])[] = [
  ["LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)", ">=5.14.0"],
  ["LINUX_VERSION_CODE < KERNEL_VERSION(5,14,0)", "<5.14.0"],
  ["KERNEL_VERSION(5,14,0) <= LINUX_VERSION_CODE", ">=5.14.0"],
  ["LINUX_VERSION_CODE > KERNEL_VERSION(5,10,136)", ">=5.10.137"],
  ["LINUX_VERSION_CODE <= KERNEL_VERSION(5,10,136)", "<5.10.137"],
  ["LINUX_VERSION_CODE == KERNEL_VERSION(6,1,0)", ">=6.1.0 <6.1.1"],
  ["LINUX_VERSION_CODE != KERNEL_VERSION(6,1,0)", "<6.1.0 || >=6.1.1"],
  ["LINUX_VERSION_CODE >= 0x050e00", ">=5.14.0"],
  ["LINUX_KERNEL_VERSION >= KERNEL_VERSION(6,3,0)", ">=6.3.0"],
  [
    "(LINUX_VERSION_CODE >= KERNEL_VERSION(5,4,0)) && !(LINUX_VERSION_CODE >= KERNEL_VERSION(5,10,0))",
    ">=5.4.0 <5.10.0",
  ],
  ["LINUX_VERSION_CODE < KERNEL_VERSION(5,4,0) || LINUX_VERSION_CODE >= KERNEL_VERSION(5,10,0)", "<5.4.0 || >=5.10.0"],
  ["LINUX_VERSION_CODE < KERNEL_VERSION(2,6,38)", "<2.38.0"],
  [
    "LTTNG_KERNEL_RANGE(5,10,163, 5,11,0) || LTTNG_KERNEL_RANGE(5,15,87, 5,16,0)",
    ">=5.10.163 <5.11.0 || >=5.15.87 <5.16.0",
  ],
  [
    "LTTNG_LINUX_VERSION_CODE >= LTTNG_KERNEL_VERSION(5,17,0) || LTTNG_RHEL_KERNEL_RANGE(5,14,0,1,0,0, 5,15,0,0,0,0)",
    ">=5.17.0",
  ],
  ["LTTNG_KERNEL_RANGE(4,11,0, 5,18,0) && LTTNG_SLE_VERSION_CODE == 0", ">=4.11.0 <5.18.0"],
  ["LINUX_VERSION_CODE < KERNEL_VERSION(5,8,0) && LTTNG_SLE_VERSION_CODE >= LTTNG_SLE_VERSION(150500, 0, 0)", "<0.0.0"],
  ["LINUX_VERSION_CODE >= KERNEL_VERSION(5,8,0) || 0", undefined],
  ["LINUX_VERSION_CODE >= KERNEL_VERSION(5,8,0) && defined(CONFIG_X)", undefined],
  ["LINUX_VERSION_CODE >= KERNEL_VERSION(5,8", undefined],
  ["LINUX_VERSION_CODE >= OTHER", undefined],
  ["CONFIG_X", undefined],
];

describe("versionRange", () => {
  test.each(RANGES)("%s", (condition, expected) => {
    expect(versionRange(condition)).toBe(expected);
  });

  test("a range is one that semver understands", () => {
    const range = versionRange("LTTNG_KERNEL_RANGE(5,10,163, 5,11,0) || LTTNG_KERNEL_RANGE(5,15,87, 5,16,0)")!;
    const kernels = ["5.10.162", "5.10.163", "5.11.0", "5.15.87", "5.16.0"];
    expect(kernels.filter((kernel) => satisfies(kernel, range))).toEqual(["5.10.163", "5.15.87"]);
  });
});
