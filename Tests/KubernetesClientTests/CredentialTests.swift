import Document
import Glibc
import Testing
import Transport

@testable import KubernetesClient

@Suite("Credentials", .timeLimit(.minutes(3)))
struct CredentialTests {
    private func plugin(_ script: String, _ version: ExecPlugin.Version = .v1) -> ExecPlugin {
        ExecPlugin(version: version, command: "/bin/sh", arguments: ["-c", script])
    }

    private func credential(_ status: String, _ version: ExecPlugin.Version = .v1) -> String {
        #"echo '{"kind":"ExecCredential","apiVersion":"\#(version.rawValue)","status":\#(status)}'"#
    }

    @Test("a plugin is told what it needs to know, and its token is taken", arguments: ExecPlugin.Version.allCases)
    func token(_ version: ExecPlugin.Version) async throws {
        var plugin = plugin(
            "case $KUBERNETES_EXEC_INFO in *interactive*$MARK*) ;; *) exit 9;; esac; "
                + credential(#"{"token":"t0","expirationTimestamp":"2026-11-25T17:50:42Z"}"#, version),
            version
        )
        plugin.environment = ["MARK": Secret("here")]
        plugin.clusterInfo = ["config": "here"]
        let credential = try await plugin.issue()
        #expect(credential.authorization == Secret("Bearer t0"))
        #expect(credential.expiresAt == 1_795_629_042)
    }

    @Test(
        "a plugin that does not do its duty is named, with what to do, and without what it printed",
        arguments: [
            ("echo oh >&2; exit 3", "it ended with status 3: oh"), ("echo s3cret", "no JSON"),
            ("kill -9 $$", "it was ended by signal 9"), ("echo '{}'", "no ExecCredential"),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'"#,
                "another version"
            ),
            ("head -c 2000000 /dev/zero", "it printed more than"),
        ]
    )
    func failures(_ script: String, _ expected: String) async {
        let error = await #expect(throws: AccessError.self) { _ = try await plugin(script).issue() }
        #expect(error?.description.contains(expected) == true)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test("a plugin that is not there is said to be so in its author's words")
    func missing() async {
        let plugin = ExecPlugin(version: .v1, command: "/proc/nonexistent/login", installHint: "get it at example.com")
        let error = await #expect(throws: AccessError.self) { _ = try await plugin.issue() }
        #expect(error?.description.contains("get it at example.com") == true)
    }

    @Test("a process that does not end is ended, with its children")
    func timeout() async throws {
        let process = Subprocess("/bin/sh", ["-c", "sleep 1000 & sleep 1000"], timeout: .milliseconds(200))
        let result = try await process.run()
        #expect(result.end == .timedOut)
    }

    @Test("a plugin runs once for many who ask, again when its credential has ended, and again after a 401")
    func caching() async throws {
        let path = "/tmp/kubernetes-client-test-\(getpid())-\(UInt32.random(in: .min ... .max))"
        defer { unsafe unlink(path) }
        let count: @Sendable () throws -> Int = {
            String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\n").count
        }
        let script =
            "echo x >> \(path); n=$(wc -l < \(path)); " + #"""
                echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'$n'"}}'
                """#
        let loop = try EventLoop(name: "credentials")
        defer { loop.shutDown() }
        let plugin = plugin(script)
        try await loop.run {
            let configuration = ClusterConfiguration(
                server: ServerURL(host: "127.0.0.1", port: 1),
                authorization: .plugin(plugin)
            )
            let connector = LoopBound(ClusterConnector(configuration, on: loop, logger: silent), on: loop)
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await connector.value.authorization(until: .after(patience)) }
                }
                for try await token in group { #expect(token == "Bearer t1") }
            }
            #expect(try count() == 1)
            connector.value.refused("Bearer somebody-else's")
            let same = try await connector.value.authorization(until: .after(patience))
            #expect(same == "Bearer t1")
            connector.value.refused("Bearer t1")
            let renewed = try await connector.value.authorization(until: .after(patience))
            #expect(renewed == "Bearer t2")
        }
    }

    @Test("a token file is read again after a 401, and what was read stands when it is gone")
    func tokenFile() async throws {
        let path = "/tmp/kubernetes-client-token-\(getpid())-\(UInt32.random(in: .min ... .max))"
        defer { unsafe unlink(path) }
        let write: @Sendable (String) -> Void = { text in
            let file = unsafe fopen(path, "w")
            _ = unsafe fputs(text, file)
            unsafe fclose(file)
        }
        write("one\n")
        let loop = try EventLoop(name: "token")
        defer { loop.shutDown() }
        try await loop.run {
            let configuration = ClusterConfiguration(
                server: ServerURL(host: "127.0.0.1", port: 1),
                authorization: .tokenFile(path, fallback: nil)
            )
            let connector = ClusterConnector(configuration, on: loop, logger: silent)
            let first = try await connector.authorization(until: .never)
            write("two")
            let cached = try await connector.authorization(until: .never)
            connector.refused(cached)
            let second = try await connector.authorization(until: .never)
            unsafe unlink(path)
            connector.refused(second)
            let third = try await connector.authorization(until: .never)
            #expect([first, cached, second, third] == ["Bearer one", "Bearer one", "Bearer two", "Bearer two"])
        }
    }
}
