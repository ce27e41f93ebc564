// Reads WebSocket frames from many sockets on one core as cheaply as it can be done, and counts them.
// Not a WebSocket client: it trusts the server and parses frame headers only.
//
//   frame-reader PORT TARGETS_FILE [tls | slow]    one connection for each line of TARGETS_FILE
//
// A line is a request target, and perhaps, after a tab, a text that every frame but the first must
// hold. Writes `ready SECONDS` when every socket has been upgraded and has had its first frame. For
// each line `N` on its input it then waits until every socket has had N frames more, and writes
// `done`; to `surplus` it answers at once how many frames there were beyond those. `tls` needs to be
// compiled with -DWITH_TLS -lssl -lcrypto. `slow` reads nothing after the first frame, and lets the
// kernel take as little as it can be made to.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
static SSL_CTX *tls;
#endif

#define OPENING_MAX 128
#define EVENTS_MAX 512
#define LINE_MAX_BYTES 8192
#define TEXTS_MAX 1024
#define TEXT_MAX 128
// One address has some 28,000 ports to connect from, and recent ones rest for a minute.
#define SOURCE_ADDRESSES 16
#define STDIN_INDEX UINT32_MAX
#define SLOW_BUFFER_BYTES 4096

struct text {
  char bytes[TEXT_MAX];
  unsigned char length;
  unsigned char failure[TEXT_MAX]; // of Knuth, Morris and Pratt
};

struct connection {
  int fd;
  long frames;
  uint64_t payload_left;
  unsigned char header[10];
  unsigned char header_length;
  unsigned char line_ends; // how much of CR LF CR LF was seen; 4 when upgraded
  unsigned char matched;   // how much of the text was seen in this frame
  unsigned char is_sent;   // the request
  struct text *text;
#ifdef WITH_TLS
  SSL *ssl;
#endif
};

static char buffer[256 * 1024];
static struct connection *connections;
static struct text texts[TEXTS_MAX];
static int texts_count;
static int count, opened, ready;
static long target = 1;
static int behind;
static int port;
static int is_slow;
static int epoll;
static FILE *targets;
static char **requests; // of the connections that are being opened

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void fail(const char *what) {
  fprintf(stderr, "frame-reader: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static struct text *text_of(const char *bytes) {
  for (int i = 0; i < texts_count; i++)
    if (strcmp(texts[i].bytes, bytes) == 0) return &texts[i];
  if (texts_count == TEXTS_MAX || strlen(bytes) >= TEXT_MAX) fail("too many texts, or one too long");
  struct text *text = &texts[texts_count++];
  strcpy(text->bytes, bytes);
  text->length = strlen(bytes);
  for (int at = 1, matched = 0; at < text->length; at++) {
    while (matched > 0 && bytes[at] != bytes[matched]) matched = text->failure[matched - 1];
    if (bytes[at] == bytes[matched]) matched++;
    text->failure[at] = matched;
  }
  return text;
}

// Whether the request is on its way; with TLS, after as many calls as the handshake takes.
static int send_request(struct connection *c) {
  char *request = requests[c - connections];
  int length = strlen(request);
#ifdef WITH_TLS
  if (c->ssl != NULL) {
    int written = SSL_write(c->ssl, request, length);
    if (written <= 0) {
      int why = SSL_get_error(c->ssl, written);
      if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return 0;
      fail("a TLS handshake failed");
    }
  } else
#endif
  if (write(c->fd, request, length) != length) die("write request");
  free(request);
  requests[c - connections] = NULL;
  return c->is_sent = 1;
}

static void open_next(void) {
  char line[LINE_MAX_BYTES], request[LINE_MAX_BYTES + 256];
  if (fgets(line, sizeof line, targets) == NULL) return;
  line[strcspn(line, "\n")] = 0;
  char *tab = strchr(line, '\t');
  struct connection *c = &connections[opened];
  if (tab != NULL) {
    *tab = 0;
    c->text = text_of(tab + 1);
  }
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + opened % SOURCE_ADDRESSES);
  if (bind(c->fd, (struct sockaddr *)&source, sizeof source) < 0) die("bind");
  int small = SLOW_BUFFER_BYTES;
  if (is_slow) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  snprintf(request, sizeof request,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      line, port);
  requests[opened] = strdup(request);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
#ifdef WITH_TLS
  if (tls != NULL) {
    c->ssl = SSL_new(tls);
    SSL_set_fd(c->ssl, c->fd);
    SSL_set_connect_state(c->ssl);
  }
#endif
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = opened};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
  opened++;
  send_request(c);
}

static void pong(struct connection *c) {
  static const unsigned char frame[6] = {0x8a, 0x80, 0, 0, 0, 0};
#ifdef WITH_TLS
  if (c->ssl != NULL) {
    if (SSL_write(c->ssl, frame, sizeof frame) <= 0) fail("no pong could be sent");
    return;
  }
#endif
  if (write(c->fd, frame, sizeof frame) < 0) die("pong");
}

static void frame_ended(struct connection *c) {
  int opcode = c->header[0] & 15;
  int matched = c->matched;
  c->header_length = 0;
  c->matched = 0;
  if (opcode == 9) return pong(c);
  if (opcode == 8) fail("the server closed a session");
  if (c->frames > 0 && c->text != NULL && matched < c->text->length)
    fail("a frame came to a member that it is not for");
  if (++c->frames == target) {
    behind--;
    if (target == 1 && c->frames == 1) {
      ready++;
      if (is_slow) epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
      if (opened < count) open_next();
    }
  }
}

static void look_for_text(struct connection *c, const char *at, uint64_t length) {
  const struct text *text = c->text;
  if (text == NULL || c->frames == 0) return;
  for (const char *end = at + length; at < end && c->matched < text->length; at++) {
    while (c->matched > 0 && *at != text->bytes[c->matched]) c->matched = text->failure[c->matched - 1];
    if (*at == text->bytes[c->matched]) c->matched++;
  }
}

static int header_size(const struct connection *c) {
  if (c->header_length < 2) return 2;
  int length = c->header[1] & 127;
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

static uint64_t payload_length(const struct connection *c) {
  int length = c->header[1] & 127;
  if (length < 126) return length;
  uint64_t value = 0;
  for (int i = 2; i < header_size(c); i++) value = value << 8 | c->header[i];
  return value;
}

static void take(struct connection *c, const char *at, const char *end) {
  while (at < end && c->line_ends < 4) {
    c->line_ends = *at == "\r\n\r\n"[c->line_ends] ? c->line_ends + 1 : *at == '\r';
    at++;
  }
  while (at < end) {
    if (c->payload_left > 0) {
      uint64_t here = (uint64_t)(end - at) < c->payload_left ? (uint64_t)(end - at) : c->payload_left;
      look_for_text(c, at, here);
      at += here;
      c->payload_left -= here;
      if (c->payload_left == 0) frame_ended(c);
      continue;
    }
    c->header[c->header_length++] = *at++;
    if (c->header_length < header_size(c)) continue;
    c->payload_left = payload_length(c);
    if (c->payload_left == 0) frame_ended(c);
  }
}

static void read_connection(struct connection *c) {
  if (!c->is_sent && !send_request(c)) return;
#ifdef WITH_TLS
  if (c->ssl != NULL) {
    int got;
    while ((got = SSL_read(c->ssl, buffer, sizeof buffer)) > 0) take(c, buffer, buffer + got);
    if (SSL_get_error(c->ssl, got) != SSL_ERROR_WANT_READ) fail("a connection ended");
    return;
  }
#endif
  ssize_t got = read(c->fd, buffer, sizeof buffer);
  if (got > 0) return take(c, buffer, buffer + got);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got < 0) die("a connection ended");
  fail("a connection ended");
}

static void tell_surplus(void) {
  long surplus = 0;
  for (int i = 0; i < count; i++) surplus += connections[i].frames - target;
  char line[64];
  int length = snprintf(line, sizeof line, "%ld\n", surplus);
  if (write(1, line, length) < 0) die("report");
}

// Whether it is one that has an answer later.
static int read_command(void) {
  static char line[64];
  static size_t used;
  ssize_t got = read(0, line + used, sizeof line - 1 - used);
  if (got <= 0) exit(0);
  used += got;
  line[used] = 0;
  char *end = strchr(line, '\n');
  if (end == NULL) return 0;
  int is_surplus = strncmp(line, "surplus", 7) == 0;
  if (is_surplus) tell_surplus();
  else target += atol(line);
  used -= end + 1 - line;
  memmove(line, end + 1, used);
  if (is_surplus) return 0;
  behind = 0;
  for (int i = 0; i < count; i++) behind += connections[i].frames < target;
  return 1;
}

static void report(double started_at) {
  char line[64];
  int length = target == 1 ? snprintf(line, sizeof line, "ready %.6f\n", now() - started_at)
                           : snprintf(line, sizeof line, "done\n");
  if (write(1, line, length) < 0) die("report");
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  port = atoi(argv[1]);
  targets = fopen(argv[2], "r");
  if (targets == NULL) die("targets");
  is_slow = argc > 3 && strcmp(argv[3], "slow") == 0;
#ifdef WITH_TLS
  if (argc > 3 && !is_slow) {
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
#else
  if (argc > 3 && !is_slow) fail("compiled without TLS");
#endif
  for (int c = fgetc(targets); c != EOF; c = fgetc(targets)) count += c == '\n';
  rewind(targets);
  connections = calloc(count, sizeof *connections);
  requests = calloc(count, sizeof *requests);
  behind = count;
  epoll = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.u32 = STDIN_INDEX};
  // Input may be a file or /dev/null when only the connections are wanted.
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  double started_at = now();
  for (int i = 0; i < OPENING_MAX && i < count; i++) open_next();
  struct epoll_event events[EVENTS_MAX];
  int told = 0;
  for (;;) {
    int n = epoll_wait(epoll, events, EVENTS_MAX, -1);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      if (events[i].data.u32 != STDIN_INDEX) read_connection(&connections[events[i].data.u32]);
      else if (read_command()) told = 0;
    }
    if (behind > 0 || told) continue;
    told = 1;
    report(started_at);
  }
}
