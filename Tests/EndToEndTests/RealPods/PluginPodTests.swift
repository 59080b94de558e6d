import Document
import Foundation
import Testing

extension RealPods {
    /// Plugins that are built where they are needed.
    @Suite("Plugins")
    struct PluginPodTests {
        @Test("a plugin from a Git server is built with rebar3 and loaded; without the server, the last build is used")
        func built() async throws {
            let server = try await GitServer.start(port: 8443, try RealNode.current)
            let shape = PodSet.Shape(replicas: 1, annotations: server.annotation, buildsPlugin: true)
            try await finally {
                try await PodSet.with("plugin", shape) { set in
                    try await set.settles(1)
                    let built = try await set.log(0, "vernemq-plugin-e2e-hello")
                    try #require(built.contains("built for OTP 25"), "\(built)")
                    try #require(try await set.log(0).contains("plugin e2e_hello loaded"))

                    try await server.stop()
                    let uid = try await set.pod(0)?["metadata"]?["uid"]
                    try await set.kubectl("delete", "pod", "mqtt-0")
                    try await eventually("there is another pod mqtt-0") {
                        let other = try await set.pod(0)?["metadata"]?["uid"]
                        return other != nil && other != uid ? true : nil
                    }
                    try await set.settles(1)
                    let served = try await set.log(0, "vernemq-plugin-e2e-hello")
                    try #require(served.contains("the last build of it is used"), "\(served)")
                    try #require(try await set.log(0).contains("plugin e2e_hello loaded"))
                }
            } do: {
                try await server.stop()
            }
        }

        @Test("a plugin that does not compile keeps the pod out of service, with a message that says why")
        func broken() async throws {
            let server = try await GitServer.start(port: 8444, source: "this is not Erlang", try RealNode.current)
            let shape = PodSet.Shape(replicas: 1, annotations: server.annotation, buildsPlugin: true)
            try await finally {
                try await PodSet.with("broken", shape) { set in
                    let message = try await eventually("the build fails") {
                        let state = set.container("vernemq-plugin-e2e-hello", of: try await set.pod(0))
                        let ended = state?["state"]?["terminated"] ?? state?["lastState"]?["terminated"]
                        return ended?["message"]?.stringValue
                    }
                    try #require(message.contains("plugin e2e_hello: compile: rebar3 compile failed"), "\(message)")
                    try #require(message.contains("e2e_hello.erl"), "\(message)")
                    try #require(set.container("vernemq", of: try await set.pod(0))?["started"] == false)
                }
            } do: {
                try await server.stop()
            }
        }
    }
}

/// A Git server on the node, with the repository of one plugin.
private struct GitServer: Sendable {
    let process: TetheredProcess
    let port: Int

    /// The annotation that has the plugin built from it.
    var annotation: [String] {
        [
            "vmq.k8s.vernemq.com/plugins: |",
            "  - applicationName: e2e_hello",
            "    repoURL: https://git.example.com:\(port)/hello.git",
            "    versionType: branch",
            "    version: main",
        ]
    }

    private static let sound = """
        -module(e2e_hello).
        -export([auth_on_register/5]).
        auth_on_register(_, _, _, _, _) -> next.
        """

    /// Starts one.
    static func start(port: Int, source: String = sound, _ node: RealNode) async throws -> GitServer {
        let directory = node.bed.plane.directory.appendingPathComponent("git-\(port)")
        let work = directory.appendingPathComponent("work")
        try FileManager.default.createDirectory(
            at: work.appendingPathComponent("src"),
            withIntermediateDirectories: true
        )
        for (file, text) in [
            "rebar.config": "{erl_opts, [debug_info]}.\n{deps, []}.\n",
            "src/e2e_hello.app.src":
                "{application, e2e_hello, [{vsn, \"1\"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]}]}.\n",
            "src/e2e_hello.erl": source + "\n",
        ] {
            try Data(text.utf8).write(to: work.appendingPathComponent(file))
        }
        let program = """
            cd "$1"
            git init --quiet --initial-branch=main
            git add .
            git -c user.name=e2e -c user.email=e2e@example.com commit --quiet --message=plugin
            git clone --quiet --bare . ../repositories/hello.git
            """
        try await Subprocess.output("/bin/sh", ["-euc", program, "sh", work.path])
        let images = try await Subprocess.output(Repository.script("node-images/build"), [])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let process = try TetheredProcess(
            wrapping: "/usr/bin/env",
            node.bed.plane.entrance + [
                Repository.script("git-server"), directory.appendingPathComponent("repositories").path, "10.88.0.1",
                String(port), "git.example.com", "\(images)/authority.crt", "\(images)/authority.key",
            ],
            log: node.bed.plane.directory.appendingPathComponent("log/git-\(port).log")
        )
        try await eventually("the Git server is ready", within: .seconds(30)) {
            try process.printed.contains("ready") ? true : nil
        }
        return GitServer(process: process, port: port)
    }

    func stop() async throws { try await process.stop() }
}
