// Sends prepared HTTP/1.1 requests over keep-alive connections as fast as they are answered, and says
// how fast that was. It knows nothing of what it sends: bench/*.ts prepare and sign.
//
// usage: http-load PORT CONNECTIONS FILE WARM_UP STATUS [TIMES]
//   FILE     requests, each a 32-bit little-endian length and that many bytes
//   WARM_UP  the clock starts when this many of them are answered
//   STATUS   what every answer must say
//   TIMES    a file that gets the instant of each answer in the order in which they came, in
//            nanoseconds since the first request was sent, 64-bit little-endian
// Each connection has one request under way; the requests are taken in the order of the file, each
// once. Prints one JSON object. Ends with 1 when any answer had another status.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, ANSWER_BYTES_MAX = 1 << 20 };

struct connection {
  int fd;
  uint64_t sent_at_ns;
  size_t request;
  size_t filled;
  char *answer;
};

static const char *file_bytes;
static size_t file_size, file_position, requests_taken;
static size_t warm_up_count, answered, bad;
static int expected_status;
static uint32_t *latencies_us;
static size_t latencies_count;
static uint64_t started_ns, first_sent_ns;
static FILE *times;
static double started_cpu;
static char first_bad[600];

static void fail(const char *what) {
  fprintf(stderr, "http-load: %s: %s\n", what, strerror(errno));
  exit(2);
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

static size_t count_requests(void) {
  size_t count = 0;
  for (size_t at = 0; at + 4 <= file_size; count++) {
    uint32_t length;
    memcpy(&length, file_bytes + at, 4);
    at += 4 + length;
  }
  return count;
}

// Sends the next request; 0 when there is none.
static int send_next(struct connection *c) {
  if (file_position >= file_size) return 0;
  uint32_t length;
  memcpy(&length, file_bytes + file_position, 4);
  const char *bytes = file_bytes + file_position + 4;
  file_position += 4 + length;
  c->request = requests_taken++;
  c->filled = 0;
  c->sent_at_ns = now_ns();
  for (uint32_t done = 0; done < length;) {
    ssize_t n = send(c->fd, bytes + done, length - done, MSG_NOSIGNAL);
    if (n < 0) fail("send");
    done += (uint32_t)n;
  }
  return 1;
}

// Bytes of the whole answer once its head is there, else 0.
static size_t answer_length(struct connection *c) {
  c->answer[c->filled] = 0;
  char *end = strstr(c->answer, "\r\n\r\n");
  if (end == NULL) return 0;
  size_t head = (size_t)(end - c->answer) + 4;
  for (char *line = strstr(c->answer, "\r\n"); line < end; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, "content-length:", 15) == 0)
      return head + strtoul(line + 17, NULL, 10);
  }
  fprintf(stderr, "http-load: answer without content-length:\n%.500s\n", c->answer);
  exit(2);
}

static void take_answer(struct connection *c) {
  int status = atoi(c->answer + 9);
  if (status != expected_status) {
    if (bad++ == 0) snprintf(first_bad, sizeof first_bad, "%.599s", c->answer);
  }
  answered++;
  if (times != NULL) {
    uint64_t since_ns = now_ns() - first_sent_ns;
    fwrite(&since_ns, sizeof since_ns, 1, times);
  }
  if (answered == warm_up_count) {
    started_ns = now_ns();
    started_cpu = cpu_seconds();
  } else if (answered > warm_up_count) {
    latencies_us[latencies_count++] = (uint32_t)((now_ns() - c->sent_at_ns) / 1000);
  }
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static uint32_t latency_at(double share) {
  return latencies_us[(size_t)(share * (double)(latencies_count - 1))];
}

static int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void open_file(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat s;
  if (fd < 0 || fstat(fd, &s) < 0) fail(path);
  file_size = (size_t)s.st_size;
  file_bytes = mmap(NULL, file_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  if (file_bytes == MAP_FAILED) fail("mmap");
}

static void run(int port, size_t connections_count) {
  static struct connection connections[CONNECTIONS_MAX];
  int poll = epoll_create1(0);
  for (size_t i = 0; i < connections_count; i++) {
    struct connection *c = &connections[i];
    *c = (struct connection){.fd = connect_to(port), .answer = malloc(ANSWER_BYTES_MAX + 1)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
  }
  for (size_t i = 0; i < connections_count; i++) send_next(&connections[i]);
  while (answered < requests_taken) {
    struct epoll_event events[CONNECTIONS_MAX];
    int ready = epoll_wait(poll, events, CONNECTIONS_MAX, 30000);
    if (ready <= 0) fail("no answer within 30 seconds");
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      ssize_t n = recv(c->fd, c->answer + c->filled, ANSWER_BYTES_MAX - c->filled, 0);
      if (n <= 0) fail("connection ended by the server");
      c->filled += (size_t)n;
      size_t length = answer_length(c);
      if (length == 0 || c->filled < length) continue;
      take_answer(c);
      send_next(c);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 6 && argc != 7) {
    fprintf(stderr, "usage: http-load PORT CONNECTIONS FILE WARM_UP STATUS [TIMES]\n");
    return 2;
  }
  size_t connections_count = strtoul(argv[2], NULL, 10);
  if (connections_count < 1 || connections_count > CONNECTIONS_MAX) fail("CONNECTIONS");
  open_file(argv[3]);
  warm_up_count = strtoul(argv[4], NULL, 10);
  expected_status = atoi(argv[5]);
  size_t count = count_requests();
  if (count <= warm_up_count) fail("too few requests");
  latencies_us = calloc(count, sizeof *latencies_us);
  if (argc == 7 && (times = fopen(argv[6], "wb")) == NULL) fail(argv[6]);
  started_ns = first_sent_ns = now_ns();
  started_cpu = cpu_seconds();
  run(atoi(argv[1]), connections_count);
  double seconds = (double)(now_ns() - started_ns) / 1e9;
  double busy = (cpu_seconds() - started_cpu) / seconds;
  qsort(latencies_us, latencies_count, sizeof *latencies_us, ascending);
  printf("{\"requests\":%zu,\"seconds\":%.4f,\"perSecond\":%.1f,\"p50Us\":%u,\"p99Us\":%u,"
         "\"maxUs\":%u,\"busyShare\":%.3f,\"bad\":%zu}\n",
         latencies_count, seconds, (double)latencies_count / seconds, latency_at(0.5),
         latency_at(0.99), latency_at(1), busy, bad);
  if (times != NULL && fclose(times) != 0) fail("times");
  if (bad > 0) fprintf(stderr, "http-load: %zu bad answers, the first:\n%s\n", bad, first_bad);
  return bad > 0;
}
