// What tool authors can write to work with both kernels; what several rules advise stands here once.
// Invariant: every guard compiles as it stands (test/rules/guards.test.ts), against either kernel of the rule's example.

/**
 * `bpf`: a BPF program behind vmlinux.h and libbpf's headers. `c`: functions of the program that loads it, with libbpf's
 * skeleton; `tracepoint_exists` is that of bcc's libbpf-tools. `python`: of a script.
 */
export interface Guard {
  readonly language: "bpf" | "c" | "python";
  readonly text: string;
}

export function bpf(text: string): Guard {
  return { language: "bpf", text: text.trim() };
}

export function c(text: string): Guard {
  return { language: "c", text: text.trim() };
}

export function python(text: string): Guard {
  return { language: "python", text: text.trim() };
}

/** Reads one member through a struct of its own, on kernels that have it. */
export function readIfThere(event: string, declaration: string, member: string): Guard {
  return bpf(`
struct trace_event_raw_${event}___any {
	${declaration};
} __attribute__((preserve_access_index));

SEC("tp/demo/${event}")
int on_event(struct trace_event_raw_${event}___any *ctx)
{
	if (bpf_core_field_exists(ctx->${member}))
		bpf_printk("${member} %llu", (u64)ctx->${member});
	return 0;
}`);
}

/** Reads members wherever they lie. */
export function readRelocated(event: string, declaration: string, member: string): Guard {
  return bpf(`
/* offsets come from the running kernel, not from a copied struct */
struct trace_event_raw_${event}___any {
	${declaration};
} __attribute__((preserve_access_index));

SEC("tp/demo/${event}")
int on_event(struct trace_event_raw_${event}___any *ctx)
{
	bpf_printk("${member} %llu", (u64)ctx->${member});
	return 0;
}`);
}

/** Asks the running kernel for the number of a constant. */
export function askForConstant(enumeration: string, constant: string): Guard {
  return bpf(`
enum ${enumeration}___any { ${constant}___any = 0 };

static __always_inline bool is_${constant.toLowerCase()}(u64 value)
{
	return bpf_core_enum_value_exists(enum ${enumeration}___any, ${constant}___any) &&
	       value == bpf_core_enum_value(enum ${enumeration}___any, ${constant}___any);
}`);
}

/** Loads a program only where its event is. */
export function loadIfThere(event: string, program: string): Guard {
  return c(`
static void choose(struct demo_bpf *skel)
{
	if (!tracepoint_exists("demo", "${event}"))
		bpf_program__set_autoload(skel->progs.${program}, false);
}`);
}

const PROTOTYPE = `
/* of a tracepoint, behind btf_trace_<name>; its first parameter is the kernel's own */
static const struct btf_type *prototype(const struct btf *btf, const char *name)
{
	const struct btf_type *type = btf__type_by_id(btf, btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF));

	while (type && !btf_is_func_proto(type))
		type = btf__type_by_id(btf, type->type);
	return type;
}
`;

/** Chooses a program by the number of arguments, which point releases change as well. */
export function chooseByCount(tracepoint: string, count: number): Guard {
  return c(`${PROTOTYPE}
static void choose(struct demo_bpf *skel, const struct btf *btf)
{
	const struct btf_type *proto = prototype(btf, "btf_trace_${tracepoint}");
	bool is_new = proto && btf_vlen(proto) - 1 == ${count};

	bpf_program__set_autoload(skel->progs.on_event_new, is_new);
	bpf_program__set_autoload(skel->progs.on_event_old, !is_new);
}`);
}

/** Chooses a program by whether an argument is a pointer to a struct. */
export function chooseByType(tracepoint: string, position: number, struct: string): Guard {
  return c(`${PROTOTYPE}
static bool takes(const struct btf *btf, const struct btf_type *proto, int position, const char *name)
{
	const struct btf_type *type;

	if (!proto || position + 1 >= btf_vlen(proto))
		return false;
	type = btf__type_by_id(btf, btf_params(proto)[position + 1].type);
	while (type && (btf_is_ptr(type) || btf_is_mod(type)))
		type = btf__type_by_id(btf, type->type);
	return type && !strcmp(btf__name_by_offset(btf, type->name_off), name);
}

static void choose(struct demo_bpf *skel, const struct btf *btf)
{
	bool is_new = takes(btf, prototype(btf, "btf_trace_${tracepoint}"), ${position}, "${struct}");

	bpf_program__set_autoload(skel->progs.on_event_new, is_new);
	bpf_program__set_autoload(skel->progs.on_event_old, !is_new);
}`);
}
