import Testing

/// A source that somebody with bad intentions could write, and what it would do to a builder that takes it at its word.
struct HostileSource: Sendable, CustomTestStringConvertible {
    enum Field: String, Sendable {
        case repoURL, version, subdirectory, applicationName
    }

    var name: String
    var field: Field
    /// `@ROOT@` stands for the sandbox.
    var value: String
    var versionType = "branch"
    /// A careless builder's command with the value in `$VALUE`, run in the sandbox; it ends with 0 if the harm is done. The
    /// sandbox has `private.git` (its file `file` holds TOPSECRET), its clone `clone`, a file `secret`, the directory
    /// `outside`, and a proxy on port `$PORT` that writes what it sees to `wire`.
    var careless: String
    /// Whether that command needs Erlang.
    var needsErlang = false
    var testDescription: String { name }

    init(
        _ name: String,
        _ field: Field,
        _ value: String,
        versionType: String = "branch",
        needsErlang: Bool = false,
        _ careless: String
    ) {
        (self.name, self.field, self.value, self.versionType) = (name, field, value, versionType)
        (self.needsErlang, self.careless) = (needsErlang, careless)
    }

    static let all = transports + options + credentials + elsewhere + shells + references + directories + names

    static let transports = [
        HostileSource(
            "a program as transport",
            .repoURL,
            "ext::sh -c touch% pwned",
            "git -c protocol.ext.allow=always ls-remote \"$VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a descriptor as transport, which shows what is in an open file",
            .repoURL,
            "fd::7",
            "git -c protocol.fd.allow=always ls-remote \"$VALUE\" 7<secret 2>&1 | grep -q TOPS"
        ),
        HostileSource(
            "a file URL, which reads what lies on the volumes",
            .repoURL,
            "file://@ROOT@/private.git",
            "git clone -q \"$VALUE\" got && grep -q TOPSECRET got/file"
        ),
        HostileSource(
            "a path",
            .repoURL,
            "@ROOT@/private.git",
            "git clone -q \"$VALUE\" got && grep -q TOPSECRET got/file"
        ),
        HostileSource(
            "a relative path",
            .repoURL,
            "../private.git",
            "cd outside && git clone -q \"$VALUE\" got && grep -q TOPSECRET got/file"
        ),
        HostileSource(
            "http, where everybody on the way reads the password",
            .repoURL,
            "http://git.example.org/team/a.git",
            """
            git -c http.proxy="http://127.0.0.1:$PORT" -c credential.helper='!echo username=me; echo password=TOPSECRET; :' \
                ls-remote "$VALUE"; grep -q 'Authorization: me:TOPSECRET' wire
            """
        ),
        HostileSource(
            "git's own protocol, where everybody on the way can be the server",
            .repoURL,
            "git://git.example.org/private.git",
            """
            printf '#!/bin/sh\\nexec git daemon --inetd --export-all --base-path="%s"\\n' "$PWD" >impostor; chmod +x impostor
            GIT_PROXY_COMMAND=./impostor git clone -q "$VALUE" got && [ -e got/file ]
            """
        ),
        HostileSource(
            "ftp, in the clear as well",
            .repoURL,
            "ftp://git.example.org/team/a.git",
            "git -c http.proxy=\"http://127.0.0.1:$PORT\" ls-remote \"$VALUE\"; grep -q 'GET ftp://git.example.org/team/a.git' wire"
        ),
    ]

    static let options = [
        HostileSource(
            "an option of git's as URL",
            .repoURL,
            "--upload-pack=touch${IFS}pwned",
            "git ls-remote \"$VALUE\" ./private.git; [ -e pwned ]"
        ),
        HostileSource(
            "a short option of git's as URL",
            .repoURL,
            "-utouch${IFS}pwned",
            "git clone -q \"$VALUE\" ./private.git got; [ -e pwned ]"
        ),
        HostileSource(
            "an option of ssh's as host",
            .repoURL,
            "ssh://-oProxyCommand=touch${IFS}pwned/a",
            "host=${VALUE#ssh://}; ssh \"${host%%/*}\" x; [ -e pwned ]"
        ),
        HostileSource(
            "an option of ssh's as host in the short form",
            .repoURL,
            "-oProxyCommand=touch${IFS}pwned:a",
            "ssh \"${VALUE%%:*}\" x; [ -e pwned ]"
        ),
        HostileSource(
            "an option as ref",
            .version,
            "--upload-pack=touch${IFS}pwned",
            "git -C clone fetch ../private.git \"$VALUE\"; [ -e pwned ] || [ -e clone/pwned ]"
        ),
        HostileSource(
            "an option that writes a file as ref",
            .version,
            "--output=pwned",
            "git -C clone log -1 \"$VALUE\"; [ -e clone/pwned ]"
        ),
        HostileSource(
            "an option as sub-directory",
            .subdirectory,
            "-delete",
            "cd clone && find \"$VALUE\"; [ ! -e file ]"
        ),
    ]

    static let credentials = [
        HostileSource(
            "a password in the URL, which git writes down",
            .repoURL,
            "https://me:TOPSECRET@git.example.org/a",
            "git init -q got && git -C got remote add origin \"$VALUE\" && grep -q TOPSECRET got/.git/config"
        ),
        HostileSource(
            "a token in the URL, which every process can read",
            .repoURL,
            "https://TOPSECRET@git.example.org/a",
            """
            printf '#!/bin/sh\\nsleep 5\\n' >slow; chmod +x slow
            GIT_ASKPASS=./slow git -c http.proxy="http://127.0.0.1:$PORT" ls-remote "$VALUE" & child=$!
            tr '\\0' ' ' <"/proc/$child/cmdline" | grep -q TOPSECRET || { sleep 1; tr '\\0' ' ' <"/proc/$child/cmdline" | grep -q TOPSECRET; }
            """
        ),
        HostileSource(
            "a password in an ssh URL",
            .repoURL,
            "ssh://git:TOPSECRET@git.example.org/a",
            "git init -q got && git -C got remote add origin \"$VALUE\" && grep -q TOPSECRET got/.git/config"
        ),
    ]

    static let elsewhere = [
        HostileSource(
            "a host that is only a user name",
            .repoURL,
            "https://git.example.org@evil.example/team/a",
            "git -c http.proxy=\"http://127.0.0.1:$PORT\" ls-remote \"$VALUE\"; grep -q 'CONNECT evil.example:443' wire"
        ),
        HostileSource(
            "a backslash that hides the real host",
            .repoURL,
            "https://git.example.org\\@evil.example/team/a",
            "git -c http.proxy=\"http://127.0.0.1:$PORT\" ls-remote \"$VALUE\"; grep -q 'CONNECT evil.example:443' wire"
        ),
        HostileSource(
            "a host with a letter of another alphabet",
            .repoURL,
            "https://g\u{456}t.example.org/team/a",
            """
            git -c http.proxy="http://127.0.0.1:$PORT" ls-remote "$VALUE"
            python3 -c 'import os; host = os.environ["VALUE"].split("/")[2].encode("idna"); exit(host == b"git.example.org")' &&
                ! grep -q 'CONNECT git.example.org' wire
            """
        ),
        HostileSource(
            "dot segments, which git takes out: another repository than the pattern saw",
            .repoURL,
            "https://git.example.org/team/../other/a",
            """
            git -c http.proxy="http://127.0.0.1:$PORT" ls-remote "http${VALUE#https}"
            grep -q 'GET http://git.example.org/other/a/info/refs' wire
            """
        ),
        HostileSource(
            "encoded dot segments, which servers take out",
            .repoURL,
            "https://git.example.org/team/%2e%2e/other/a",
            """
            python3 -c 'import http.server, os, urllib.parse
            handler = http.server.SimpleHTTPRequestHandler.__new__(http.server.SimpleHTTPRequestHandler)
            handler.directory = "/srv"
            exit(handler.translate_path(urllib.parse.urlsplit(os.environ["VALUE"]).path) != "/srv/other/a")'
            """
        ),
        HostileSource(
            "an encoded slash, which is one part for the pattern and two for the server",
            .repoURL,
            "https://git.example.org/team/x%2f..%2f..%2fother",
            """
            python3 -c 'import http.server, os, urllib.parse
            handler = http.server.SimpleHTTPRequestHandler.__new__(http.server.SimpleHTTPRequestHandler)
            handler.directory = "/srv"
            exit(handler.translate_path(urllib.parse.urlsplit(os.environ["VALUE"]).path) != "/srv/other")'
            """
        ),
        HostileSource(
            "a query, behind which the server does not look",
            .repoURL,
            "https://git.example.org/other/a?/team/a",
            """
            git -c http.proxy="http://127.0.0.1:$PORT" ls-remote "http${VALUE#https}"
            grep -q 'GET http://git.example.org/other/a?/team/a' wire
            """
        ),
        HostileSource(
            "a fragment, which is never sent",
            .repoURL,
            "https://git.example.org/other/a#/team/a",
            """
            git -c http.proxy="http://127.0.0.1:$PORT" ls-remote "http${VALUE#https}"
            grep -q 'GET http://git.example.org/other/a' wire && ! grep -q team wire
            """
        ),
    ]

    static let shells = [
        HostileSource(
            "a command substitution",
            .repoURL,
            "$(touch${IFS}pwned)",
            "sh -c \"git ls-remote $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "backquotes",
            .repoURL,
            "https://git.example.org/`touch${IFS}pwned`",
            "sh -c \"echo $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a second command",
            .repoURL,
            "https://git.example.org/a;touch pwned",
            "sh -c \"echo $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a pipe",
            .repoURL,
            "https://git.example.org/a|touch${IFS}pwned",
            "sh -c \"echo $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a redirection",
            .repoURL,
            "https://git.example.org/a>pwned",
            "sh -c \"echo $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a second line",
            .repoURL,
            "https://git.example.org/a\ntouch pwned",
            "sh -c \"echo $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a second line that drives the terminal of whoever reads the log",
            .repoURL,
            "https://git.example.org/\u{1B}]0;owned\u{7}",
            "printf '%s' \"$VALUE\" | od -c | grep -q 033"
        ),
    ]

    static let references = [
        HostileSource(
            "a refspec that overwrites another branch",
            .version,
            "main:refs/heads/stolen",
            "git -C clone fetch -q ../private.git \"$VALUE\"; git -C clone rev-parse -q --verify refs/heads/stolen"
        ),
        HostileSource(
            "a refspec that takes everything",
            .version,
            "refs/*:refs/stolen/*",
            "git -C clone fetch -q ../private.git \"$VALUE\"; git -C clone rev-parse -q --verify refs/stolen/heads/main"
        ),
        HostileSource(
            "an expression that names other code than it seems to",
            .version,
            "main~1",
            "[ \"$(git -C clone rev-parse \"$VALUE\")\" != \"$(git -C clone rev-parse main)\" ]"
        ),
        HostileSource(
            "a range",
            .version,
            "main~1..main",
            "[ \"$(git -C clone rev-list \"$VALUE\" | wc -l)\" = 1 ]"
        ),
        HostileSource(
            "a command in a ref",
            .version,
            "main;touch pwned",
            "sh -c \"git -C clone rev-parse $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a second line in a ref",
            .version,
            "main\ntouch pwned",
            "sh -c \"git -C clone rev-parse $VALUE\"; [ -e pwned ]"
        ),
        HostileSource(
            "a commit that is a name, and so moves",
            .version,
            "HEAD",
            versionType: "commit",
            """
            before=$(git -C clone rev-parse "$VALUE")
            git -C clone -c user.name=a -c user.email=a@b commit -q --allow-empty -m more
            [ "$(git -C clone rev-parse "$VALUE")" != "$before" ]
            """
        ),
        HostileSource(
            "a commit with a command",
            .version,
            "0123456;touch pwned",
            versionType: "commit",
            "sh -c \"git -C clone rev-parse $VALUE\"; [ -e pwned ]"
        ),
    ]

    static let directories = [
        HostileSource(
            "a sub-directory that leaves the source",
            .subdirectory,
            "../outside",
            "cd \"clone/$VALUE\" && grep -q TOPSECRET data"
        ),
        HostileSource(
            "one that leaves by a detour",
            .subdirectory,
            "x/../../outside",
            "mkdir clone/x; cd \"clone/$VALUE\" && grep -q TOPSECRET data"
        ),
        HostileSource(
            "an absolute one",
            .subdirectory,
            "@ROOT@/outside",
            "cd clone && cd \"$VALUE\" && grep -q TOPSECRET data"
        ),
        HostileSource(
            "git's own, where the server's word is not what is checked out",
            .subdirectory,
            ".git/hooks",
            "cd \"clone/$VALUE\" && grep -q private.git ../config"
        ),
        HostileSource(
            "a command in a sub-directory",
            .subdirectory,
            "a\ntouch pwned",
            "sh -c \"cd clone/$VALUE\"; [ -e pwned ]"
        ),
    ]

    static let names = [
        HostileSource(
            "an application name that is a path",
            .applicationName,
            "../outside",
            "mkdir plugins; rm -rf \"plugins/$VALUE\"; [ ! -e outside ]"
        ),
        HostileSource(
            "one that is another setting",
            .applicationName,
            "a\nallow_anonymous = on #",
            "printf 'plugins.%s = on\\n' \"$VALUE\" >conf; grep -q '^allow_anonymous = on' conf"
        ),
        HostileSource(
            "one that the image turns into another plugin's path",
            .applicationName,
            "vmq_acl__path",
            "printf 'plugins__%s = on\\n' \"$VALUE\" | sed 's/__/./g' | grep -q '^plugins.vmq_acl.path = on'"
        ),
        HostileSource(
            "one that the image ignores, so that nobody asks for a password",
            .applicationName,
            "authKUBERNETES",
            "! env \"DOCKER_VERNEMQ_PLUGINS__$VALUE=on\" env | grep DOCKER_VERNEMQ | grep -v -e KUBERNETES | grep PLUGINS"
        ),
        HostileSource(
            "one of the broker's own, whose modules it would replace",
            .applicationName,
            "inets",
            needsErlang: true,
            """
            mkdir -p "lib/$VALUE/ebin"; printf -- '-module(httpc).\\n-export([f/0]).\\nf() -> 1.\\n' >httpc.erl
            erlc -o "lib/$VALUE/ebin" httpc.erl
            erl -noinput -noshell -boot no_dot_erlang -eval '
                code:add_pathsa(filelib:wildcard("lib/*/ebin")), io:format("~s", [code:which(httpc)]), halt().' |
                grep -q "lib/$VALUE/ebin/httpc.beam"
            """
        ),
    ]
}
