// The one load program of bench/peers: it is the members of a room and those who send into it, for
// every peer alike. It speaks no protocol: a script says what each connection writes and what it then
// waits for, and a delivery is counted by a mark in the text of the message, once the bytes that end
// a message of that protocol have been read too. So reading costs the same for all.
//
//   peer-load PORT SCRIPT_FILE
//
// SCRIPT_FILE, numbers as 32-bit little-endian, texts as a length and that many bytes:
//   text: what ends a delivered message after its mark (empty: the mark ends it)
//   text: how the answer to a send begins, and text: what ends it (empty: sends have no answer)
//   text: what stands in messages where the sender's number, two digits, is to be (empty: nowhere)
//   text: what every connection writes from time to time, so that it is not taken for dead
//   number of members, number of senders (0: the first members send), then each of these connections:
//     number of steps, and for each a text to write and a text to wait for
//
// Commands, one a line, each answered by one line:
//   join COUNT                         until so many members have come -> joined
//   run FILE IN_FLIGHT MILLISECONDS    sends the messages of FILE (each a text, the mark of the nth being
//     Zq7x and n in eight digits), IN_FLIGHT at a time, the next when one has been answered and has
//     reached its last member, and none after MILLISECONDS -> one JSON object
// Ends with 1 when a connection ends, nothing arrives for 30 seconds, or a message arrives too often.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "Zq7x"
#define MARK_BYTES 4
#define DIGITS 8
#define TAIL_MAX 64
#define OPENING_MAX 64
#define EVENTS_MAX 512
#define SENDERS_MAX 64
#define SILENCE_MAX_MS 30000
#define KEEP_ALIVE_MS 5000
#define STDIN_INDEX UINT32_MAX

struct text {
  uint32_t length;
  const char *bytes;
};

struct step {
  struct text write, wait;
};

struct connection {
  int fd;
  uint32_t steps_count, step;
  struct step *steps;
  int is_joined, is_in_message;
  uint32_t message; // the one whose end is awaited
  uint32_t tail_length;
  char tail[TAIL_MAX];
};

struct flight {
  uint32_t message, deliveries;
  int is_answered, is_flying;
  uint64_t sent_at_ns;
};

static char buffer[TAIL_MAX + 256 * 1024];
static struct text message_end, answer_start, answer_end, sender_place, keep_alive;
static uint32_t members_count, senders_count, connections_count;
static struct connection *connections;
static uint32_t opened, joined, join_target, senders_ready;
static int port, epoll;

static struct text *messages;
static uint32_t messages_count, messages_sent, messages_done;
static struct flight flights[SENDERS_MAX];
static uint32_t *flight_of; // by message
static uint32_t in_flight, *latencies_us;
static uint64_t run_started_ns, run_ends_ns, last_done_ns;
static int is_running;

static void die(const char *what) {
  fprintf(stderr, "peer-load: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double cpu_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

// ---- the script

static char *read_whole(const char *path, size_t *size) {
  FILE *file = fopen(path, "r");
  if (file == NULL) die(path);
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*size + 1);
  if (fread(bytes, 1, *size, file) != *size) die(path);
  fclose(file);
  return bytes;
}

static uint32_t take_number(const char **at) {
  uint32_t value;
  memcpy(&value, *at, 4);
  *at += 4;
  return value;
}

static struct text take_text(const char **at) {
  struct text text = {.length = take_number(at)};
  text.bytes = *at;
  *at += text.length;
  return text;
}

static void read_script(const char *path) {
  size_t size;
  const char *at = read_whole(path, &size);
  message_end = take_text(&at);
  answer_start = take_text(&at);
  answer_end = take_text(&at);
  sender_place = take_text(&at);
  keep_alive = take_text(&at);
  members_count = take_number(&at);
  senders_count = take_number(&at);
  connections_count = members_count + senders_count;
  connections = calloc(connections_count, sizeof *connections);
  for (uint32_t i = 0; i < connections_count; i++) {
    struct connection *c = &connections[i];
    c->fd = -1;
    c->steps_count = take_number(&at);
    c->steps = calloc(c->steps_count, sizeof *c->steps);
    for (uint32_t s = 0; s < c->steps_count; s++) {
      c->steps[s].write = take_text(&at);
      c->steps[s].wait = take_text(&at);
      if (c->steps[s].wait.length >= TAIL_MAX) die("a text to wait for is too long");
    }
  }
}

// ---- connections

static void write_all(struct connection *c, struct text text) {
  for (uint32_t done = 0; done < text.length;) {
    ssize_t n = send(c->fd, text.bytes + done, text.length - done, MSG_NOSIGNAL);
    if (n > 0) done += (uint32_t)n;
    else if (errno != EAGAIN && errno != EINTR) die("send");
  }
}

static int is_member(const struct connection *c) {
  return c < connections + members_count;
}

static void open_next(void);

static void next_step(struct connection *c) {
  while (c->step < c->steps_count) {
    write_all(c, c->steps[c->step].write);
    if (c->steps[c->step].wait.length > 0) return;
    c->step++;
  }
  c->is_joined = 1;
  if (is_member(c)) {
    joined++;
    open_next();
  } else {
    senders_ready++;
  }
}

static void open_connection(uint32_t index) {
  struct connection *c = &connections[index];
  c->step = c->tail_length = 0;
  c->is_joined = c->is_in_message = 0;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
  next_step(c);
}

// The first comes alone: it makes the room.
static void open_next(void) {
  while (opened < join_target && opened - joined < (opened == 1 ? 1 : OPENING_MAX)) {
    open_connection(opened++);
  }
}

static void keep_all_alive(void) {
  if (keep_alive.length == 0) return;
  for (uint32_t i = 0; i < opened; i++) {
    if (connections[i].is_joined) write_all(&connections[i], keep_alive);
  }
}

// ---- messages under way

static void send_next(uint32_t slot) {
  struct flight *flight = &flights[slot];
  flight->is_flying = 0;
  if (messages_sent == messages_count || now_ns() >= run_ends_ns) return;
  struct connection *sender = &connections[(senders_count > 0 ? members_count : 0) + slot];
  *flight = (struct flight){.message = messages_sent, .is_flying = 1};
  flight->is_answered = answer_start.length == 0;
  flight_of[messages_sent] = slot;
  struct text message = messages[messages_sent++];
  if (sender_place.length == 2) {
    char *place = memmem(message.bytes, message.length, sender_place.bytes, 2);
    place[0] = (char)('0' + slot / 10);
    place[1] = (char)('0' + slot % 10);
  }
  flight->sent_at_ns = now_ns();
  write_all(sender, message);
}

static void land_if_done(uint32_t slot) {
  struct flight *flight = &flights[slot];
  if (flight->deliveries < joined || !flight->is_answered) return;
  send_next(slot);
}

static void count_delivery(uint32_t message) {
  if (!is_running || message >= messages_sent) return; // of an earlier run: history, shown to newcomers
  uint32_t slot = flight_of[message];
  struct flight *flight = &flights[slot];
  if (!flight->is_flying || flight->message != message) {
    fprintf(stderr, "peer-load: message %u was delivered too often\n", message);
    exit(1);
  }
  if (++flight->deliveries < joined) return;
  last_done_ns = now_ns();
  latencies_us[messages_done++] = (uint32_t)((last_done_ns - flight->sent_at_ns) / 1000);
  land_if_done(slot);
}

static void count_answer(const struct connection *c) {
  uint32_t slot = (uint32_t)(c - connections) - members_count;
  flights[slot].is_answered = 1;
  land_if_done(slot);
}

// ---- reading

// What follows a text in `at`, or NULL.
static const char *after(const char *at, const char *end, struct text text) {
  const char *found = memmem(at, (size_t)(end - at), text.bytes, text.length);
  return found == NULL ? NULL : found + text.length;
}

// Takes one thing from the bytes; NULL when more of them are needed, and then `keep` says how many of the
// last may belong to it.
static const char *take(struct connection *c, const char *at, const char *end, uint32_t *keep) {
  const char *next;
  if (!c->is_joined) {
    struct text wait = c->steps[c->step].wait;
    *keep = wait.length - 1;
    if ((next = after(at, end, wait)) == NULL) return NULL;
    c->step++;
    next_step(c);
    return next;
  }
  if (c->is_in_message) {
    struct text wanted = is_member(c) ? message_end : answer_end;
    *keep = wanted.length - 1;
    if ((next = after(at, end, wanted)) == NULL) return NULL;
    c->is_in_message = 0;
    if (is_member(c)) count_delivery(c->message);
    else count_answer(c);
    return next;
  }
  struct text mark = is_member(c) ? (struct text){MARK_BYTES, MARK} : answer_start;
  *keep = mark.length == 0 ? 0 : mark.length - 1;
  if (mark.length == 0 || (next = after(at, end, mark)) == NULL) return NULL;
  if (is_member(c)) {
    *keep = MARK_BYTES + DIGITS - 1;
    if (end - next < DIGITS) return NULL;
    c->message = 0;
    for (int i = 0; i < DIGITS; i++) c->message = c->message * 10 + (uint32_t)(next[i] - '0');
    next += DIGITS;
    if (message_end.length == 0) {
      count_delivery(c->message);
      return next;
    }
  }
  c->is_in_message = 1;
  return next;
}

static void read_connection(struct connection *c) {
  char *start = buffer + TAIL_MAX - c->tail_length;
  memcpy(start, c->tail, c->tail_length);
  ssize_t got = read(c->fd, buffer + TAIL_MAX, sizeof buffer - TAIL_MAX);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    fprintf(stderr, "peer-load: connection %d ended at step %u, after: %.*s\n", (int)(c - connections),
            c->step, (int)c->tail_length, c->tail);
    exit(1);
  }
  const char *at = start, *end = buffer + TAIL_MAX + got, *next;
  uint32_t keep = 0;
  while ((next = take(c, at, end, &keep)) != NULL) at = next;
  // A mark that was found but lacks digits is within the last MARK_BYTES + DIGITS - 1 bytes.
  uint32_t rest = (uint32_t)(end - at);
  c->tail_length = rest < keep ? rest : keep;
  memcpy(c->tail, end - c->tail_length, c->tail_length);
}

// ---- commands

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void wait_for_events(int (*is_done)(void)) {
  struct epoll_event events[EVENTS_MAX];
  while (!is_done()) {
    int n = epoll_wait(epoll, events, EVENTS_MAX, SILENCE_MAX_MS);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    if (n == 0) {
      fprintf(stderr, "peer-load: silence; %u joined of %u, %u messages of %u sent are done\n", joined,
              opened, messages_done, messages_sent);
      for (uint32_t i = 0; i < opened; i++) {
        struct connection *c = &connections[i];
        if (c->is_joined) continue;
        fprintf(stderr, "connection %u waits at step %u, read last: %.*s\n", i, c->step,
                (int)c->tail_length, c->tail);
        break;
      }
      exit(1);
    }
    for (int i = 0; i < n; i++) read_connection(&connections[events[i].data.u32]);
  }
}

static int is_join_done(void) { return joined == join_target; }

static int are_senders_ready(void) { return senders_ready == senders_count; }

static int is_run_done(void) {
  for (uint32_t i = 0; i < in_flight; i++) {
    if (flights[i].is_flying) return 0;
  }
  return 1;
}

static void run(const char *path, uint32_t flights_count, uint32_t milliseconds) {
  size_t size;
  char *file = read_whole(path, &size);
  const char *at = file;
  messages = calloc(size / 4 + 1, sizeof *messages);
  for (messages_count = 0; at < file + size; messages_count++) messages[messages_count] = take_text(&at);
  flight_of = calloc(messages_count, sizeof *flight_of);
  latencies_us = calloc(messages_count, sizeof *latencies_us);
  in_flight = flights_count < SENDERS_MAX ? flights_count : SENDERS_MAX;
  messages_sent = messages_done = 0;
  keep_all_alive();
  // Those who only send come for each run: a server need not keep idle ones.
  senders_ready = 0;
  for (uint32_t i = 0; i < senders_count; i++) open_connection(members_count + i);
  wait_for_events(are_senders_ready);
  is_running = 1;
  double cpu = cpu_seconds();
  run_started_ns = now_ns();
  run_ends_ns = run_started_ns + (uint64_t)milliseconds * 1000000u;
  for (uint32_t slot = 0; slot < in_flight; slot++) send_next(slot);
  wait_for_events(is_run_done);
  is_running = 0;
  for (uint32_t i = 0; i < senders_count; i++) close(connections[members_count + i].fd);
  double seconds = (double)(last_done_ns - run_started_ns) / 1e9;
  double busy = (cpu_seconds() - cpu) / seconds;
  qsort(latencies_us, messages_done, sizeof *latencies_us, ascending);
  printf("{\"messages\":%u,\"seconds\":%.4f,\"deliveredPerSecond\":%.0f,\"p50Us\":%u,\"p99Us\":%u,"
         "\"maxUs\":%u,\"busyShare\":%.3f}\n",
         messages_done, seconds, (double)messages_done * joined / seconds,
         latencies_us[(messages_done - 1) / 2], latencies_us[(uint32_t)(0.99 * (messages_done - 1))],
         latencies_us[messages_done - 1], busy);
  fflush(stdout);
  free(file);
  free(messages);
  free(flight_of);
  free(latencies_us);
  keep_all_alive();
}

static void command(char *line) {
  char path[1024];
  uint32_t count, milliseconds;
  if (sscanf(line, "join %u", &count) == 1) {
    join_target = count < members_count ? count : members_count;
    open_next();
    wait_for_events(is_join_done);
    printf("joined\n");
    fflush(stdout);
  } else if (sscanf(line, "run %1023s %u %u", path, &count, &milliseconds) == 3) {
    run(path, count, milliseconds);
  } else {
    die("unknown command");
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  port = atoi(argv[1]);
  read_script(argv[2]);
  epoll = epoll_create1(0);
  char line[2048];
  // Commands are read between, not during, joins and runs; meanwhile whatever comes is read away.
  int input = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = STDIN_INDEX};
  if (epoll_ctl(input, EPOLL_CTL_ADD, 0, &event) < 0) die("stdin");
  event.data.u32 = 0;
  if (epoll_ctl(input, EPOLL_CTL_ADD, epoll, &event) < 0) die("epoll");
  uint64_t alive_at_ns = now_ns();
  for (;;) {
    struct epoll_event ready[2];
    int n = epoll_wait(input, ready, 2, KEEP_ALIVE_MS);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      if (ready[i].data.u32 != STDIN_INDEX) {
        struct epoll_event events[EVENTS_MAX];
        int m = epoll_wait(epoll, events, EVENTS_MAX, 0);
        for (int e = 0; e < m; e++) read_connection(&connections[events[e].data.u32]);
      } else {
        size_t used = 0;
        do {
          if (read(0, line + used, 1) <= 0) return 0;
        } while (line[used] != '\n' && ++used < sizeof line - 1);
        line[used] = 0;
        command(line);
      }
    }
    if (now_ns() - alive_at_ns < (uint64_t)KEEP_ALIVE_MS * 1000000u) continue;
    alive_at_ns = now_ns();
    keep_all_alive();
  }
}
