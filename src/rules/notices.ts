// Findings about what somebody accepted, in the form of rules as far as they share it.
// Invariant: these ids are no rule's, and are as stable as those.

/** What is said of a finding that no change of a kernel caused. */
export interface Notice {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

export const ACCEPTANCE_EXPIRED: Notice = {
  id: "acceptance-expired",
  title: "acceptance no longer holds",
  why: "The day or the kernel is past until which it was accepted. It accepts nothing any more: what it was written for fails again.",
  fix: "remove it, or accept it again with a later date",
};

export const ACCEPTANCE_UNUSED: Notice = {
  id: "acceptance-unused",
  title: "acceptance without a finding",
  why: "Nothing that was found fits it: the change is gone, or is another one now, or the acceptance never fitted. Left where it is, it may hide a finding of the future that nobody has looked at.",
  fix: "remove it, or switch this notice off where one file serves many comparisons",
};

export const NOTICES: readonly Notice[] = [ACCEPTANCE_EXPIRED, ACCEPTANCE_UNUSED];
