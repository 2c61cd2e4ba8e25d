/* Starts the agent named, with one argument more if one is given, visits it as a page of https://shop.example would, ends it as Ctrl+C in its console does, and
 * prints what it said, what it answered, and the code it ended with. The agent serves programs of its own user alone, so
 * under Wine its visitor has to be a Windows program too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windows.h>

static const char ready[] = "is ready on port ";

static int fail(const char *what) {
    printf("%s: error %lu\n", what, GetLastError());
    return 1;
}

/* Asks for the agent's health and prints the answer. */
static int ask(u_short port) {
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return fail("no sockets");
    struct sockaddr_in agent = {.sin_family = AF_INET, .sin_port = htons(port)};
    agent.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET connection = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connection == INVALID_SOCKET || connect(connection, (struct sockaddr *)&agent, sizeof agent) != 0)
        return fail("no connection");
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:%hu\r\nOrigin: https://shop.example\r\n"
                          "Connection: close\r\n\r\n",
                          port);
    if (send(connection, text, length, 0) != length) return fail("the request was not sent");
    while ((length = recv(connection, text, sizeof text, 0)) > 0) fwrite(text, 1, (size_t)length, stdout);
    closesocket(connection);
    return length == 0 ? 0 : fail("the answer broke off");
}

int main(int count, char **arguments) {
    HANDLE output, input;
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    if (count < 2 || count > 3 || !CreatePipe(&output, &input, &inherited, 0)) return 2;
    SetHandleInformation(output, HANDLE_FLAG_INHERIT, 0);
    char command[1024];
    snprintf(command, sizeof command, "\"%s\" run --port 0 %s", arguments[1], count == 3 ? arguments[2] : "");
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = input, .hStdError = input};
    PROCESS_INFORMATION agent;
    /* A console of its own, which nobody sees. */
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &agent))
        return fail("the agent was not started");
    CloseHandle(input);

    char said[4096] = "", *port = NULL;
    DWORD length = 0, more;
    while (!port && length < sizeof said - 1 &&
           ReadFile(output, said + length, (DWORD)(sizeof said - 1) - length, &more, NULL)) {
        length += more;
        said[length] = 0;
        port = strstr(said, ready);
        if (port && !strchr(port, '\n')) port = NULL;
    }
    fputs(said, stdout);
    int result = port ? ask((u_short)atoi(port + strlen(ready))) : fail("\nit is not ready");
    puts("");

    if (!FreeConsole() && GetLastError() != ERROR_INVALID_PARAMETER) fail("this console stays");
    if (!AttachConsole(agent.dwProcessId) || !SetConsoleCtrlHandler(NULL, TRUE) ||
        !GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
        result = fail("it can't be asked to end");
    DWORD code;
    if (WaitForSingleObject(agent.hProcess, 60000) == WAIT_OBJECT_0 && GetExitCodeProcess(agent.hProcess, &code))
        printf("it ended with %lu\n", code);
    else
        result = fail("it doesn't end"), TerminateProcess(agent.hProcess, 1);
    /* Not until its end: the console may hold the pipe too. */
    while (PeekNamedPipe(output, NULL, 0, NULL, &more, NULL) && more && ReadFile(output, said, sizeof said, &more, NULL))
        fwrite(said, 1, more, stdout);
    return result;
}
