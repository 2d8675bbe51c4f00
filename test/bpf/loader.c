// Loads one BPF program after the other, makes its event happen, and says what became of it.
// Reads lines `CASE OBJECT PROGRAM TRIGGER EXPECTED`, prints one JSON object for each. Invariant: a program that is
// refused is a result; a mistake of the test ends the loader with status 1, a kernel that takes no programs with 3.

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/** As in programs/proof.bpf.h. */
struct proof {
  unsigned long long got;
  unsigned hits;
  unsigned target;
  unsigned low;
};

enum { FLAGS = 0x00200000 /* CLONE_CHILD_CLEARTID, which does nothing without an address */ };

/** What libbpf and the verifier had to say about the current program. */
static char said[1 << 16];
static size_t said_length;

static int take_note(enum libbpf_print_level level, const char *format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  size_t room = sizeof said - said_length;
  int length = vsnprintf(said + said_length, room, format, arguments);
  if (length > 0) said_length += (size_t)length < room ? (size_t)length : room - 1;
  return 0;
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void print_text(const char *text, size_t length) {
  putchar('"');
  for (size_t at = 0; at < length; at++) {
    unsigned char byte = text[at];
    if (byte == '"' || byte == '\\') printf("\\%c", byte);
    else if (byte < 32 || byte > 126) printf("\\u%04x", byte);
    else putchar(byte);
  }
  putchar('"');
}

static void on_signal(int number) { (void)number; }

/** A child that waits for a byte before it does what the trigger needs. */
static pid_t start(const char *trigger, int *go) {
  int ends[2];
  if (pipe(ends) != 0) fail("pipe");
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) {
    close(ends[0]);
    *go = ends[1];
    return child;
  }
  char byte;
  close(ends[1]);
  if (read(ends[0], &byte, 1) != 1) _exit(1);
  if (strcmp(trigger, "rename") == 0) prctl(PR_SET_NAME, "renamed");
  if (strcmp(trigger, "signal") == 0) {
    signal(SIGUSR1, on_signal);
    kill(getpid(), SIGUSR1);
  }
  if (strcmp(trigger, "exec") == 0) execl("/bin/true", "true", "argument", (char *)NULL);
  if (strcmp(trigger, "clone") == 0) {
    FILE *score = fopen("/proc/self/oom_score_adj", "w");
    if (score == NULL || fputs("17", score) < 0 || fclose(score) != 0) _exit(1);
    pid_t grandchild = syscall(SYS_clone, FLAGS | SIGCHLD, NULL, NULL, NULL, NULL);
    if (grandchild == 0) _exit(0);
    waitpid(grandchild, NULL, 0);
  }
  if (strcmp(trigger, "listen") == 0) listen(socket(AF_INET, SOCK_STREAM, 0), 1);
  _exit(0);
}

static unsigned long long expected_value(const char *text, pid_t child) {
  return strcmp(text, "pid") == 0 ? (unsigned long long)child : strtoull(text, NULL, 0);
}

static struct bpf_program *only(struct bpf_object *object, const char *name) {
  struct bpf_program *program, *found = NULL;
  bpf_object__for_each_program(program, object) {
    int wanted = strcmp(bpf_program__name(program), name) == 0;
    bpf_program__set_autoload(program, wanted);
    if (wanted) found = program;
  }
  return found;
}

static int bss_of(struct bpf_object *object) {
  struct bpf_map *map;
  bpf_object__for_each_map(map, object) {
    const char *dot = strrchr(bpf_map__name(map), '.');
    if (dot != NULL && strcmp(dot, ".bss") == 0) return bpf_map__fd(map);
  }
  return -1;
}

static const char *attempt(struct bpf_object *object, struct bpf_program *program, const char *trigger,
                           const char *expects, struct proof *proof, unsigned long long *expected) {
  int zero = 0, go = -1;
  if (bpf_object__load(object) != 0) return "load";
  struct bpf_link *link = bpf_program__attach(program);
  if (link == NULL) return "attach";
  pid_t child = start(trigger, &go);
  *expected = expected_value(expects, child);
  proof->target = (unsigned)child;
  if (bpf_map_update_elem(bss_of(object), &zero, proof, BPF_ANY) != 0) fail(".bss");
  if (write(go, "", 1) != 1) fail("pipe");
  close(go);
  waitpid(child, NULL, 0);
  if (bpf_map_lookup_elem(bss_of(object), &zero, proof) != 0) fail(".bss");
  bpf_link__destroy(link);
  errno = 0;
  return "read";
}

static void prove(const char *name, const char *path, const char *program_name, const char *trigger,
                  const char *expects) {
  struct proof proof = {0};
  unsigned long long expected = 0;
  said_length = 0;
  struct bpf_object *object = bpf_object__open_file(path, NULL);
  if (object == NULL) fail(path);
  struct bpf_program *program = only(object, program_name);
  if (program == NULL) fail(program_name);
  const char *stage = attempt(object, program, trigger, expects, &proof, &expected);
  int number = errno;
  printf("{\"case\":\"%s\",\"stage\":\"%s\",\"errno\":%d,\"hits\":%u,\"got\":\"%llu\",\"expected\":\"%llu\",\"said\":", name,
         stage, number, proof.hits, proof.got, expected);
  print_text(said, said_length);
  puts("}");
  bpf_object__close(object);
}

int main(void) {
  char name[64], path[4096], program[64], trigger[16], expects[32];
  libbpf_set_print(take_note);
  if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL) != 1) return 3;
  while (scanf("%63s %4095s %63s %15s %31s", name, path, program, trigger, expects) == 5)
    prove(name, path, program, trigger, expects);
  return 0;
}
