// The reference for fan-out: writes the same bytes to every socket, one write() each, and does
// nothing else. Answers every connection as if it were a WebSocket server.
//
//   write-loop SOCKETS_COUNT FRAME_FILE
//
// Writes `port N`. When that many sockets are open, each line `N` on its input makes it write the
// frame N times to all of them.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char frame[1024 * 1024];
static char request[16 * 1024];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0) die("write");
    bytes += written;
    length -= written;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]);
  FILE *file = fopen(argv[2], "r");
  if (file == NULL) die("frame");
  size_t length = fread(frame, 1, sizeof frame, file);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(listener, 1024) < 0) die("listen");
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  int *sockets = calloc(count, sizeof *sockets);
  for (int i = 0; i < count; i++) {
    sockets[i] = accept(listener, NULL, NULL);
    if (sockets[i] < 0) die("accept");
    int one = 1;
    setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    size_t got = 0;
    do {
      ssize_t more = read(sockets[i], request + got, sizeof request - 1 - got);
      if (more <= 0) die("request");
      got += more;
      request[got] = 0;
    } while (strstr(request, "\r\n\r\n") == NULL);
    static const char upgraded[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02{}";
    write_all(sockets[i], upgraded, sizeof upgraded - 1);
  }
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    for (long times = atol(line); times > 0; times--) {
      for (int i = 0; i < count; i++) write_all(sockets[i], frame, length);
    }
  }
  return 0;
}
