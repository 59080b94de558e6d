import BrokerDouble
import Foundation
import Testing

/// Real servers on loopback. Erlang and rebar3 are stand-ins here: it is all about git.
@Suite("Fetching from servers")
struct GitServerTests {
    /// A server by https with a user and a password full of what shells like, and a repository on it.
    final class WebServer {
        let bench: PluginBench
        let port: String
        static let password = "s3cr3t $(touch pwned) \"quoted\" '%40@:/"

        init(shell: Sandbox.Shell, tools: PluginBench.Tools = .standIns) throws {
            bench = try PluginBench(shell: shell, tools: tools)
            let files = bench.root.appendingPathComponent("server")
            try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: files.appendingPathComponent("team.git"),
                withDestinationURL: bench.repository
            )
            let made = ChildProcess.run(
                [
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=git", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-keyout", files.appendingPathComponent("key").path, "-out",
                    files.appendingPathComponent("crt").path,
                ],
                environment: ["PATH": PluginBench.path],
                seconds: 30
            )
            guard made.status == 0 else { throw ChildProcess.SpawnError(description: made.output) }
            try bench.write("me:\(Self.password)", to: "server/user")
            let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "Servers/git-https"
            )
            port = try bench.serve([
                "python3", program.path, files.path, files.appendingPathComponent("crt").path,
                files.appendingPathComponent("key").path, files.appendingPathComponent("user").path,
                bench.root.appendingPathComponent("requests").path,
            ])
            try FileManager.default.createDirectory(
                at: bench.root.appendingPathComponent("credentials"),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(
                at: files.appendingPathComponent("crt"),
                to: bench.root.appendingPathComponent("credentials/ca.crt")
            )
            try bench.write("me", to: "credentials/username")
            try bench.write(Self.password, to: "credentials/password")
        }

        func url(_ path: String) -> String { "https://localhost:\(port)/\(path)" }
        var requests: [String] { bench.lines("requests") }
    }

    private let https = ["VMQ_OPERATOR_GIT_PROTOCOLS": "https"]

    @Test(
        "a repository by https with a password and a certificate authority of its own",
        arguments: Sandbox.Shell.allCases
    )
    func https(shell: Sandbox.Shell) throws {
        let server = try WebServer(shell: shell)
        let bench = server.bench
        let commit = try bench.commit(["README": "1"], tag: "1.0.0")
        // Looks at every process's arguments and environment while git talks to the server, and at what is left on the disk.
        try bench.executable(
            "git",
            """
            printf '%s\\n' "$*" >>'\(bench.root.path)/seen'; env >>'\(bench.root.path)/seen'
            /usr/bin/git "$@" & child=$!
            while kill -0 "$child" 2>/dev/null; do
                for place in /proc/[0-9]*; do
                    tr '\\0' ' ' <"$place/cmdline" >>'\(bench.root.path)/seen'
                done 2>/dev/null
                sleep 0.02
            done
            wait "$child"
            """
        )
        for (type, ref) in [("branch", "main"), ("tag", "1.0.0"), ("commit", commit)] {
            try? FileManager.default.removeItem(at: bench.root.appendingPathComponent("data/.vmq"))
            let result = bench.build(type: type, ref: ref, url: server.url("team.git"), environment: https)
            #expect(result.status == 0, "\(type): \(result.output)")
            #expect(!result.output.contains("s3cr3t"))
        }
        #expect(
            server.requests.contains { $0.hasSuffix("me:\(WebServer.password)") },
            "the password must have been needed"
        )
        let seen = bench.text("seen")
        #expect(!seen.isEmpty && !seen.contains("s3cr3t"))
        let left = ChildProcess.run(
            [
                "grep", "-r", "-l", "s3cr3t", bench.root.appendingPathComponent("build").path,
                bench.root.appendingPathComponent("data").path,
                bench.root.appendingPathComponent("plugins").path,
            ],
            environment: ["PATH": PluginBench.path],
            seconds: 10
        )
        #expect(left.output.isEmpty, "\(left.output)")
        #expect(!bench.exists("build/my_auth/home/askpass") && !bench.exists("pwned"))
    }

    @Test("a wrong password and an unknown authority are told, not asked about")
    func rejected() throws {
        let server = try WebServer(shell: .dash)
        try server.bench.write("wrong", to: "credentials/password")
        #expect(server.bench.build(url: server.url("team.git"), environment: https).status == 1)
        #expect(server.bench.text("termination-log").contains("Authentication failed"))
        try FileManager.default.removeItem(at: server.bench.root.appendingPathComponent("credentials/ca.crt"))
        #expect(server.bench.build(url: server.url("team.git"), environment: https).status == 1)
        #expect(server.bench.text("termination-log").contains("certificate"))
    }

    @Test("a server that sends git elsewhere gets no credentials there", arguments: Sandbox.Shell.allCases)
    func redirect(shell: Sandbox.Shell) throws {
        let server = try WebServer(shell: shell)
        let result = server.bench.build(url: server.url("elsewhere/team.git"), environment: https)
        #expect(result.status == 1, "\(result.output)")
        let elsewhere = server.requests.filter { $0.hasPrefix("127.0.0.1") }
        #expect(elsewhere.allSatisfy { $0.hasSuffix(" -") }, "\(elsewhere)")
    }

    @Test("credentials in the URL are refused and not repeated")
    func inURL() throws {
        let bench = try PluginBench(shell: .dash)
        let result = bench.build(url: "https://me:hunter2@localhost/x.git", environment: https)
        #expect(result.status == 1 && !result.output.contains("hunter2"))
        #expect(bench.text("termination-log").contains("credentials in it"))
    }

    @Test("when the server is down, the cache serves branch, tag and commit", arguments: Sandbox.Shell.allCases)
    func down(shell: Sandbox.Shell) throws {
        let server = try WebServer(shell: shell)
        let commit = try server.bench.commit(["README": "1"], tag: "1.0.0")
        let refs = [("branch", "main"), ("tag", "1.0.0"), ("commit", commit)]
        for (type, ref) in refs {
            #expect(
                server.bench.build(type: type, ref: ref, url: server.url("team.git"), environment: https).status == 0
            )
        }
        // A port that nobody listens on any more, under the same URL.
        server.bench.endServers()
        for (type, ref) in refs {
            try FileManager.default.removeItem(at: server.bench.root.appendingPathComponent("plugins/my_auth"))
            try server.bench.write("", to: "termination-log")
            let result = server.bench.build(type: type, ref: ref, url: server.url("team.git"), environment: https)
            #expect(result.status == 0, "\(type): \(result.output)")
            #expect(server.bench.exists("plugins/my_auth/lib/my_auth/ebin/my_auth.beam"))
            let isTold = server.bench.text("termination-log").contains("CANNOT BE FETCHED")
            #expect(isTold == (type != "commit"), "\(type)")
        }
    }

    /// Whether the test may be somebody else in a mount namespace of its own.
    static let canBecomeNobody =
        hasServer && getuid() == 0
        && ChildProcess.run(
            ["unshare", "--mount", "true"],
            environment: ["PATH": PluginBench.path],
            seconds: 10
        ).status == 0

    @Test(
        "a user whom the builder's image does not know can fetch by ssh, with the file that prepare writes",
        .enabled(if: canBecomeNobody, "needs root and mount namespaces")
    )
    func unknownUser() throws {
        let bench = try PluginBench(shell: .dash)
        let server = try SecureShellServer(bench)
        let user: [String: String] = ["VMQ_OPERATOR_GIT_PROTOCOLS": "ssh"]
        let prepared = ChildProcess.run(
            ["dash", bench.root.appendingPathComponent("home/prepare").path],
            environment: [
                "PATH": PluginBench.path, "VMQ_OPERATOR_PLUGINS": "my_auth", "VMQ_OPERATOR_STORAGE": "container",
            ],
            seconds: 30
        )
        #expect(prepared.status == 0, "\(prepared.output)")
        _ = ChildProcess.run(
            ["chown", "-R", "10000:10000"]
                + ["build", "plugins", "data", "credentials", "termination-log"].map {
                    bench.root.appendingPathComponent($0).path
                },
            environment: ["PATH": PluginBench.path],
            seconds: 30
        )
        let url = server.url(bench.root.appendingPathComponent("team.git").path)
        let become = "exec setpriv --reuid 10000 --regid 10000 --clear-groups \"$@\""
        let without = bench.build(url: url, environment: user, under: ["unshare", "--mount", "sh", "-c", become, "sh"])
        #expect(without.status == 1 && without.output.contains("No user exists for uid 10000"), "\(without.output)")
        let bind = "mount --bind '\(bench.root.path)/home/passwd' /etc/passwd && \(become)"
        let with = bench.build(url: url, environment: user, under: ["unshare", "--mount", "sh", "-c", bind, "sh"])
        #expect(with.status == 0, "\(with.output)")
    }

    static let hasServer = FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd")

    @Test(
        "a repository by ssh with a key, from a host that is known",
        .enabled(if: hasServer),
        arguments: Sandbox.Shell.allCases
    )
    func ssh(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        let server = try SecureShellServer(bench)
        let protocols = ["VMQ_OPERATOR_GIT_PROTOCOLS": "ssh"]
        let result = bench.build(
            url: server.url(bench.root.appendingPathComponent("team.git").path),
            environment: protocols
        )
        #expect(result.status == 0, "\(result.output)")
        #expect(bench.exists("plugins/my_auth/lib/my_auth/ebin/my_auth.beam"))
        #expect(!bench.exists("build/my_auth/home/key"), "the key stays no longer than it is needed")
        // An impostor has the same address and another key.
        let known = bench.text("credentials/known_hosts")
        try bench.write(known.replacing(server.hostKey, with: server.otherKey), to: "credentials/known_hosts")
        #expect(bench.build(type: "tag", ref: "none", url: server.url("/x"), environment: protocols).status == 1)
        #expect(bench.text("termination-log").contains("Host key verification failed"))
        try FileManager.default.removeItem(at: bench.root.appendingPathComponent("credentials/ssh-privatekey"))
        #expect(bench.build(url: server.url("/x"), environment: protocols).status == 1)
        #expect(bench.text("termination-log").contains("a repository by ssh needs a Secret with ssh-privatekey"))
    }
}

/// An OpenSSH server on loopback for the user who runs the tests, and the Secret that belongs to it.
struct SecureShellServer {
    let port: Int
    let hostKey: String
    let otherKey: String

    init(_ bench: PluginBench) throws {
        let files = bench.root.appendingPathComponent("sshd")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        for key in ["host", "user", "other"] {
            let made = ChildProcess.run(
                [
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f",
                    files.appendingPathComponent(key).path,
                ],
                environment: ["PATH": PluginBench.path, "HOME": bench.root.path],
                seconds: 30
            )
            guard made.status == 0 else { throw ChildProcess.SpawnError(description: made.output) }
        }
        func key(_ name: String) -> String {
            bench.text("sshd/\(name).pub").split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }
        (hostKey, otherKey) = (key("host"), key("other"))
        try FileManager.default.createSymbolicLink(
            at: bench.root.appendingPathComponent("team.git"),
            withDestinationURL: bench.repository
        )
        port = try Self.freePort()
        try bench.write(
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(files.path)/host
            AuthorizedKeysFile \(files.path)/user.pub
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            """ + "\n",
            to: "sshd/config"
        )
        try bench.write("[127.0.0.1]:\(port) ssh-ed25519 \(hostKey)\n", to: "credentials/known_hosts")
        // Secrets are often made without the newline at the end of the key.
        let private_ = bench.text("sshd/user").trimmingCharacters(in: .newlines)
        try bench.write(private_, to: "credentials/ssh-privatekey")
        let said = try bench.serve(["/usr/sbin/sshd", "-D", "-e", "-f", files.appendingPathComponent("config").path])
        guard said.contains("listening") else { throw ChildProcess.SpawnError(description: said) }
    }

    func url(_ path: String) -> String { "ssh://\(NSUserName())@127.0.0.1:\(port)\(path)" }

    /// A port that nobody has: taken by python for a moment.
    private static func freePort() throws -> Int {
        let result = ChildProcess.run(
            [
                "python3", "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ],
            environment: ["PATH": PluginBench.path],
            seconds: 20
        )
        guard let port = Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw ChildProcess.SpawnError(description: result.output)
        }
        return port
    }
}
