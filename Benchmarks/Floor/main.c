// The floor under every webhook server: the bytes of a review in, as many bytes as our answer has out, over OpenSSL's own
// blocking calls, one thread a connection. Nothing is parsed but what tells where a request ends and how long the answer
// shall be: POST /N is answered by N bytes. A measure, not a server: whatever is not as it should be ends the connection.
//
// usage: floor PORT CERTIFICATE KEY
#define _GNU_SOURCE // strcasestr
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONGEST_HEAD = 4096, LONGEST_ANSWER = 1 << 20 };

static char answer[LONGEST_ANSWER];
static SSL_CTX *context;

// Takes one request; returns the number in its path, -1 at the end of the connection.
static long take_request(SSL *tls, char *buffer, int capacity) {
  int used = 0;
  for (;;) {
    if (used == capacity - 1) return -1;
    int count = SSL_read(tls, buffer + used, capacity - 1 - used);
    if (count <= 0) return -1;
    used += count;
    buffer[used] = 0;
    char *end = strstr(buffer, "\r\n\r\n");
    char *length = strcasestr(buffer, "content-length:");
    if (!end || !length) continue;
    long left = strtol(length + 15, NULL, 10) - (used - (end + 4 - buffer));
    long wanted = strtol(buffer + 6, NULL, 10);
    while (left > 0) {
      count = SSL_read(tls, buffer, left < capacity ? (int)left : capacity);
      if (count <= 0) return -1;
      left -= count;
    }
    return wanted;
  }
}

static void *serve(void *argument) {
  int descriptor = (int)(long)argument;
  char buffer[16384];
  char *out = malloc(LONGEST_HEAD + LONGEST_ANSWER);
  SSL *tls = SSL_new(context);
  if (out && tls && SSL_set_fd(tls, descriptor) == 1 && SSL_accept(tls) == 1) {
    long wanted;
    while ((wanted = take_request(tls, buffer, sizeof buffer)) >= 0 && wanted <= LONGEST_ANSWER) {
      int head = snprintf(out, LONGEST_HEAD, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", wanted);
      memcpy(out + head, answer, (size_t)wanted);
      if (SSL_write(tls, out, head + (int)wanted) <= 0) break;
    }
  }
  SSL_free(tls);
  free(out);
  close(descriptor);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: floor PORT CERTIFICATE KEY\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  memset(answer, 'x', sizeof answer);
  context = SSL_CTX_new(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_chain_file(context, arguments[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, arguments[3], SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "floor: certificate or key cannot be read\n");
    return 1;
  }
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) {
    perror("floor");
    return 1;
  }
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int descriptor = accept(listener, NULL, NULL);
    if (descriptor < 0) continue;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_t thread;
    if (pthread_create(&thread, &detached, serve, (void *)(long)descriptor) != 0) close(descriptor);
  }
}
