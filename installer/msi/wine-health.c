/* Asks the agent on the port given for its health, as a page of https://shop.example would, and prints the answer. The
 * agent serves programs of its own user alone, so under Wine this has to be a Windows program too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>

int main(int count, char **arguments) {
    WSADATA data;
    if (count != 2 || WSAStartup(MAKEWORD(2, 2), &data) != 0) return 2;
    struct sockaddr_in agent = {.sin_family = AF_INET, .sin_port = htons((u_short)atoi(arguments[1]))};
    agent.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET connection = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connection == INVALID_SOCKET || connect(connection, (struct sockaddr *)&agent, sizeof agent) != 0) return 1;
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nOrigin: https://shop.example\r\n"
                          "Connection: close\r\n\r\n",
                          arguments[1]);
    if (send(connection, text, length, 0) != length) return 1;
    while ((length = recv(connection, text, sizeof text, 0)) > 0) fwrite(text, 1, (size_t)length, stdout);
    return length == 0 ? 0 : 1;
}
