import BrokerDouble
import Foundation
import Testing

/// Real Erlang, rebar3 and Erlang.mk; what they make is loaded by a real Erlang machine, as VerneMQ would.
@Suite(
    "Building plugins with real tools",
    .enabled(if: RealTools.arePresent, "needs Erlang and rebar3: Scripts/bootstrap --plugins")
)
struct RealBuildTests {
    /// A project and what it must come to.
    struct Project: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: String]
        var subdirectory = ""
        /// Applications that lie beside the plugin.
        var libraries: [String] = []
        /// Built in the test, not in the default profile.
        var absent: [String] = []
        /// What the log says.
        var words = "rebar3 compile"
        var testDescription: String { name }
    }

    private static func application(_ name: String, needs: String = "", at directory: String = "") -> [String: String] {
        [
            "\(directory)src/\(name).app.src": """
            {application, \(name), [{modules, []}, {vsn, "1.0.0"}, {description, "100% [a], {applications, [none]}"},
              {applications, [kernel, stdlib\(needs)]},
              {env, [{vmq_plugin_hooks, [{\(name)_hooks, on_publish, 6, []}, {on_register, \(name)_hooks, joined, 3}]}]}]}.
            """,
            "\(directory)src/\(name)_hooks.erl": """
            -module(\(name)_hooks).
            -export([on_publish/6, joined/3]).
            on_publish(_, _, _, _, _, _) -> ok.
            joined(_, _, _) -> ok.
            """,
        ]
    }

    private static let library = [
        "src/helper.app.src":
            "{application, helper, [{description, \"\"}, {vsn, \"1\"}, {modules, []}, {applications, [kernel, stdlib, crypto]}]}.\n",
        "src/helper.erl": "-module(helper).\n-export([one/0]).\none() -> 1.\n",
    ]

    private static func merged(_ parts: [String: String]...) -> [String: String] {
        parts.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// `DEPENDENCY` in a file becomes the URL of the library's repository.
    static let projects = [
        Project(name: "a rebar3 project without rebar.config", files: application("my_auth")),
        Project(
            name: "one with priv, test and documentation",
            files: merged(
                application("my_auth"),
                [
                    "rebar.config":
                        "{profiles, [{test, [{deps, [{none, {git, \"https://127.0.0.1:1/none\", {branch, \"main\"}}}]}]}]}.",
                    "priv/table.txt": "data", "doc/overview.edoc": "x",
                    "test/my_auth_SUITE.erl": "-module(my_auth_SUITE).\n",
                ]
            ),
            absent: ["my_auth/test", "my_auth/doc", "my_auth/ebin/my_auth_SUITE.beam", "my_auth/src", "none"]
        ),
        Project(
            name: "one with a dependency from Git",
            files: merged(
                application("my_auth", needs: ", helper"),
                ["rebar.config": "{deps, [{helper, {git, \"DEPENDENCY\", {branch, \"main\"}}}]}.\n"]
            ),
            libraries: ["helper"]
        ),
        Project(
            name: "an umbrella",
            files: merged(
                application("my_auth", needs: ", my_base", at: "apps/my_auth/"),
                application("my_base", at: "apps/my_base/"),
                ["rebar.config": "{erl_opts, [debug_info]}.\n", "apps/my_auth/priv/table.txt": "data"]
            ),
            libraries: ["my_base"]
        ),
        Project(
            name: "a project in a sub-directory",
            files: merged(application("my_auth", at: "erlang/my plugin/"), ["README": "x"]),
            subdirectory: "erlang/my plugin"
        ),
        Project(
            name: "an Erlang.mk project with a dependency from Git",
            files: merged(
                [
                    "Makefile":
                        "PROJECT = my_auth\nDEPS = helper\ndep_helper = git DEPENDENCY main\ninclude erlang.mk\n",
                    "erlang.mk": RealTools.erlangMake, "priv/table.txt": "data",
                ],
                application("my_auth", needs: ", helper")
            ),
            libraries: ["helper"],
            words: "make deps app"
        ),
    ]

    @Test("what is built is what a machine can load and start", arguments: projects)
    func build(project: Project) throws {
        let shell = project.libraries.isEmpty ? Sandbox.Shell.dash : .ash
        let bench = try PluginBench(shell: shell, tools: .real)
        let dependency = try bench.secondRepository(
            project.words == "rebar3 compile"
                ? Self.library
                : Self.library.merging(
                    ["Makefile": "PROJECT = helper\ninclude erlang.mk\n", "erlang.mk": RealTools.erlangMake]
                ) { $1 }
        )
        try bench.commit(project.files.mapValues { $0.replacing("DEPENDENCY", with: dependency) })
        let result = bench.build(subdirectory: project.subdirectory)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains(project.words))
        for library in project.libraries + ["my_auth"] {
            #expect(bench.exists("plugins/my_auth/lib/\(library)/ebin/\(library).app"))
        }
        for name in project.absent { #expect(!bench.exists("plugins/my_auth/lib/\(name)"), "\(name)") }
        let hasTable = project.files.keys.contains { $0.hasSuffix("priv/table.txt") }
        #expect(bench.exists("plugins/my_auth/lib/my_auth/priv/table.txt") == hasTable)
        #expect(bench.load("my_auth") == "started\n")
        // The next start needs neither server nor compiler.
        try FileManager.default.removeItem(at: bench.repository)
        try FileManager.default.removeItem(at: bench.root.appendingPathComponent("plugins/my_auth"))
        let again = bench.build(subdirectory: project.subdirectory)
        #expect(again.status == 0 && again.output.contains("CANNOT BE FETCHED"), "\(again.output)")
        #expect(bench.load("my_auth") == "started\n")
    }

    /// What Erlang finds wrong, and what the pod's status must say about it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var change: [String: String]
        var words: [String]
        var testDescription: String { name }
    }

    static let faults = [
        Fault(
            name: "a syntax error",
            change: ["src/my_auth_hooks.erl": "-module(my_auth_hooks).\nf( -> .\n"],
            words: ["compile: rebar3 compile failed", "my_auth_hooks.erl", "syntax error before"]
        ),
        Fault(
            name: "a dependency that is in no list of deps",
            change: [
                "src/my_auth.app.src":
                    "{application, my_auth, [{description, \"\"}, {vsn, \"1\"}, {applications, [kernel, stdlib, jsone]}]}."
            ],
            words: ["applications are missing", "jsone (needed by my_auth)"]
        ),
        Fault(
            name: "a hook that is not exported",
            change: [
                "src/my_auth_hooks.erl":
                    "-module(my_auth_hooks).\n-export([on_publish/6]).\non_publish(_, _, _, _, _, _) -> ok.\n"
            ],
            words: ["the hook my_auth_hooks:joined/3 of vmq_plugin_hooks is not exported"]
        ),
        Fault(
            name: "a module of Erlang/OTP's",
            change: ["src/gb_sets.erl": "-module(gb_sets).\n-export([f/0]).\nf() -> 1.\n"],
            words: ["gb_sets (in my_auth and in Erlang/OTP)"]
        ),
        Fault(
            name: "an unusable module name",
            change: ["src/my auth.erl": "-module('my auth').\n-export([f/0]).\nf() -> 1.\n"],
            words: ["my_auth has a module of an unusable name"]
        ),
        Fault(
            name: "another application than asked for",
            change: [
                "src/my_auth.app.src": "",
                "src/your_auth.app.src": "{application, your_auth, [{description, \"\"}, {vsn, \"1\"}]}.",
            ],
            words: ["made no application my_auth", "your_auth"]
        ),
    ]

    @Test("what a broker could not use is refused with the reason", arguments: faults)
    func refuse(fault: Fault) throws {
        let bench = try PluginBench(shell: .dash, tools: .real)
        var files = Self.application("my_auth").merging(fault.change) { $1 }
        for (name, text) in files where text.isEmpty { files[name] = nil }
        try bench.commit(files)
        #expect(bench.build().status == 1)
        let last = bench.text("termination-log")
        for words in fault.words { #expect(last.contains(words), "\(last)") }
        #expect(!bench.exists("plugins/my_auth/lib"))
    }

    @Test("a dependency on the plugin's own server gets the credentials, one elsewhere does not")
    func dependencies() throws {
        let server = try GitServerTests.WebServer(shell: .dash, tools: .real)
        let bench = server.bench
        _ = try bench.secondRepository(Self.library, at: "server/helper.git")
        func source(_ host: String) throws {
            try bench.commit(
                Self.application("my_auth", needs: ", helper").merging([
                    "rebar.config":
                        "{deps, [{helper, {git, \"https://\(host):\(server.port)/helper.git\", {branch, \"main\"}}}]}.\n"
                ]) { $1 }
            )
        }
        try source("localhost")
        let environment = ["VMQ_OPERATOR_GIT_PROTOCOLS": "https"]
        let result = bench.build(url: server.url("team.git"), environment: environment)
        #expect(result.status == 0, "\(result.output)")
        #expect(bench.load("my_auth") == "started\n")
        try source("127.0.0.1")
        #expect(bench.build(url: server.url("team.git"), environment: environment).status == 1)
        #expect(server.requests.filter { $0.hasPrefix("127.0.0.1") }.allSatisfy { $0.hasSuffix(" -") })
    }
}

@Suite("The tools that plugin tests need")
struct RealToolsTests {
    @Test("are there where the whole run is made", .enabled(if: RealTools.areRequired))
    func present() {
        #expect(RealTools.arePresent, "erl, rebar3 and make are missing: Scripts/bootstrap --plugins")
        #expect(GitServerTests.hasServer, "sshd is missing: Scripts/bootstrap --plugins")
    }
}

/// What is installed.
enum RealTools {
    static let arePresent = ["erl", "rebar3", "make"].allSatisfy { tool in
        PluginBench.path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
        }
    }
    /// Set by the whole test run, so that it cannot pass without them.
    static let areRequired = ProcessInfo.processInfo.environment["VERNEMQ_OPERATOR_PLUGIN_TOOLS"] == "required"

    /// Erlang.mk itself, as projects carry it.
    static let erlangMake: String = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/erlang.mk"
        )
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()
}

extension PluginBench {
    /// Loads a plugin as VerneMQ does: every `lib/*/ebin` in front of the code path, the application and its modules loaded,
    /// each hook looked up, all started.
    func load(_ name: String) -> String {
        let program = """
            [Path] = init:get_plain_arguments(),
            code:add_pathsa(filelib:wildcard(Path ++ "/lib/*/ebin")),
            ok = application:load(\(name)),
            {ok, Modules} = application:get_key(\(name), modules),
            [{module, Module} = code:load_file(Module) || Module <- Modules],
            {ok, Hooks} = application:get_env(\(name), vmq_plugin_hooks),
            [true = erlang:function_exported(M, F, A) || {M, F, A} <- lists:map(
                fun({M, F, A, Options}) when is_list(Options) -> {M, F, A}; ({_, M, F, A}) -> {M, F, A} end, Hooks)],
            {ok, _} = application:ensure_all_started(\(name)),
            io:format("started~n"), halt().
            """
        return ChildProcess.run(
            [
                "erl", "-noinput", "-noshell", "-boot", "no_dot_erlang", "-eval", program, "-extra",
                root.appendingPathComponent("plugins/\(name)").path,
            ],
            environment: ["PATH": Self.path, "HOME": root.path, "ERL_CRASH_DUMP_SECONDS": "0"],
            seconds: 60
        ).output
    }

    /// Another bare repository, and its URL.
    func secondRepository(_ files: [String: String], at place: String = "helper.git") throws -> String {
        let bare = root.appendingPathComponent(place).path
        let tree = root.appendingPathComponent("helper").path
        try git("init", "--quiet", "--bare", "--initial-branch=main", bare)
        try git("init", "--quiet", "--initial-branch=main", tree)
        for (name, text) in files { try write(text, to: "helper/\(name)") }
        try git("-C", tree, "add", "--all")
        try git("-C", tree, "commit", "--quiet", "-m", "library")
        try git("-C", tree, "push", "--quiet", bare, "main")
        return "file://\(bare)"
    }
}
