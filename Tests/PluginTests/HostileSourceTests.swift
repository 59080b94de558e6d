import BrokerDouble
import Document
import Foundation
import Testing
import VerneMQ

/// For each hostile source: admission refuses it; a careless builder would have done its harm; and ours, given it all the
/// same, does not.
@Suite("Hostile plugin sources")
struct HostileSourceTests {
    @Test("are of at least twenty-five kinds")
    func kinds() {
        #expect(HostileSource.all.count >= 25)
        #expect(Set(HostileSource.all.map { $0.field.rawValue + $0.value }).count == HostileSource.all.count)
    }

    @Test("are refused at admission, would do harm, and do none in the builder", arguments: HostileSource.all)
    func source(_ source: HostileSource) throws {
        let bench = try PluginBench(shell: .dash)
        let value = source.value.replacing("@ROOT@", with: bench.root.path)
        admission(source, value)
        try prepare(bench)

        if !source.needsErlang || RealTools.arePresent {
            let harm = try run(source.careless, value, bench)
            #expect(harm.status == 0, "the bait does not work, so its refusal proves nothing: \(harm.output)")
        }
        try prepare(bench)

        let result = build(source, value, bench)
        #expect(result.status == 1, "\(result.output)")
        let found = try run(
            "find . -name pwned -o -name stolen; grep -r -l TOPSECRET build plugins data",
            value,
            bench
        )
        #expect(found.output.isEmpty, "\(found.output)")
        #expect(bench.exists("outside/data") && bench.exists("private.git/HEAD"))
        #expect(!result.output.contains("TOPSECRET") && !result.output.contains("\u{1B}"), "\(result.output)")
        #expect(bench.text("wire").isEmpty, "nothing may have been sent: \(bench.text("wire"))")
        #expect(!bench.text("ssh-arguments").contains("ProxyCommand"))
    }

    private func admission(_ source: HostileSource, _ value: String) {
        var entry: JSONValue = [
            "applicationName": "my_auth", "repoURL": "https://git.example.org/team/a.git",
            "versionType": .string(source.versionType), "version": "main",
        ]
        if source.versionType == "commit" { entry["version"] = "0123456789abcdef0123456789abcdef01234567" }
        entry[source.field.rawValue] = .string(value)
        let result = PluginSource.read([entry], at: "p")
        #expect(result.sources.isEmpty)
        #expect(result.findings.filter { $0.severity == .error }.map(\.path) == ["p[0].\(source.field.rawValue)"])
        #expect(!result.findings.description.contains("TOPSECRET"))
    }

    /// The sandbox as ``HostileSource/careless`` describes it, made anew.
    private func prepare(_ bench: PluginBench) throws {
        let made = try run(
            """
            rm -rf private.git clone secret outside wire got pwned plugins/* lib
            echo TOPSECRET >secret; mkdir outside; echo TOPSECRET >outside/data
            git init -q --bare --initial-branch=main private.git && git clone -q ./private.git clone 2>/dev/null && cd clone &&
                git checkout -q -B main && echo 1 >file && git add file && git commit -q -m one &&
                echo TOPSECRET >file && git commit -q -a -m two && git push -q origin main
            """,
            "",
            bench
        )
        guard made.status == 0 else { throw ChildProcess.SpawnError(description: made.output) }
    }

    private func run(_ script: String, _ value: String, _ bench: PluginBench) throws -> (status: Int32?, output: String)
    {
        var environment = [
            "PATH": PluginBench.path, "HOME": bench.root.path, "VALUE": value, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b",
        ]
        if script.contains("$PORT") {
            environment["PORT"] = try bench.serve([
                "python3",
                URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Servers/middleman")
                    .path,
                bench.root.appendingPathComponent("wire").path,
            ])
        }
        return ChildProcess.run(
            ["/bin/sh", "-c", "cd '\(bench.root.path)' || exit 9\n\(script)"],
            environment: environment,
            seconds: 60
        )
    }

    /// The real builder with the value, as if admission had let it through. Whatever it may try to reach is not there.
    private func build(_ source: HostileSource, _ value: String, _ bench: PluginBench) -> (
        status: Int32?, output: String
    ) {
        try? bench.executable("ssh", "printf '%s\\n' \"$@\" >>'\(bench.root.path)/ssh-arguments'; exit 255")
        let environment = [
            "VMQ_OPERATOR_GIT_PROTOCOLS": "https:ssh", "https_proxy": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
            "VMQ_OPERATOR_TIME_DIVISOR": "60",
        ]
        switch source.field {
        case .repoURL: return bench.build(url: value, environment: environment)
        case .version:
            return bench.build(
                type: source.versionType,
                ref: value,
                environment: ["VMQ_OPERATOR_GIT_PROTOCOLS": "file"]
            )
        case .subdirectory: return bench.build(subdirectory: value, environment: ["VMQ_OPERATOR_GIT_PROTOCOLS": "file"])
        case .applicationName: return bench.build(name: value, environment: ["VMQ_OPERATOR_GIT_PROTOCOLS": "file"])
        }
    }
}
