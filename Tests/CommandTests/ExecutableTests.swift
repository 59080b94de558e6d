import Document
import Foundation
import Testing

@testable import Command

@Suite("The executable", .apart)
struct ExecutableTests {
    @Test(
        "exit statuses, standard input, standard output and standard error",
        arguments: [
            (["version"], "", 0, "vernemq-operator ", ""),
            (["--help"], "", 0, "OVERVIEW", ""),
            (["inject", "-f", "-"], "a: 1\n", 0, "a: 1\n", "note: "),
            (["inject", "-f", "-"], Sample.broken, 1, "", "standard input:8:5: error: "),
            (["validate", "-f", "-"], Sample.statefulSet, 0, "", "1 objects checked"),
            (["validate", "-f", "-"], "a: [", 1, "", "standard input:"),
            (["inject", "-f", "/nonexistent/a.yaml"], "", 1, "", "/nonexistent/a.yaml: error: cannot read it"),
            (["certs", "--dns", "a.example", "--out", "/dev/null/x"], "", 1, "", "error: cannot create"),
            (["bogus"], "", 2, "", "Error: Unexpected argument 'bogus'"),
            ([], "", 2, "", "OVERVIEW"),
        ] as [([String], String, Int32, String, String)]
    )
    func statuses(arguments: [String], input: String, status: Int32, output: String, errors: String) throws {
        let scratch = try Scratch()
        let outcome = try Executable.run(arguments, input: input, in: scratch)
        #expect(outcome.status == status)
        #expect(outcome.output.hasPrefix(output), "\(outcome.output)")
        #expect(output.isEmpty == outcome.output.isEmpty, "\(outcome.output)")
        #expect(outcome.errors.hasPrefix(errors), "\(outcome.errors)")
        #expect(errors.isEmpty == outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test("serve answers reviews over TLS, takes a renewed certificate, and drains on SIGTERM")
    func serve() async throws {
        let scratch = try Scratch()
        let certs = ["certs", "--out", scratch.path, "--ip", "127.0.0.1"]
        #expect(try Executable.run(certs, in: scratch).status == 0)
        let server = try ServeProcess(
            [
                "--webhook-only", "--tls-cert", "\(scratch.path)/tls.crt", "--tls-key", "\(scratch.path)/tls.key",
                "--tls-poll", "200ms", "--drain-delay", "4s", "--loops", "2",
            ],
            in: scratch.path
        )
        let serving = try JSONValue(parsing: try await server.line(with: #""message":"serving""#))
        let webhooks = try #require(serving["webhooks"]?.stringValue)
        let metrics = try #require(serving["metrics"]?.stringValue)
        let review = try scratch.write("review.json", Self.review)

        func ask(_ arguments: String...) throws -> Executable.Outcome {
            let common = ["curl", "-sS", "--max-time", "30", "--cacert", "\(scratch.path)/ca.crt"]
            return try Executable.run(URL(fileURLWithPath: "/usr/bin/env"), common + arguments, in: scratch)
        }
        func mutate() throws -> JSONValue {
            let answer = try ask(
                "-H",
                "Content-Type: application/json",
                "--data-binary",
                "@\(review)",
                "https://\(webhooks)/mutate"
            )
            #expect(answer.status == 0, "\(answer.errors)")
            return try JSONValue(parsing: answer.output)
        }

        #expect(try mutate()["response"] == ["uid": "u-1", "allowed": true])
        #expect(try ask("http://\(metrics)/healthz").output == "ok\n")
        #expect(try ask("http://\(metrics)/readyz").output.hasSuffix("ready\n"))
        let exposition = try ask("http://\(metrics)/metrics").output
        for name in [
            "vernemq_operator_admission_requests_total", "vernemq_operator_admission_duration_seconds_bucket",
            "vernemq_operator_certificate_expiry_timestamp_seconds", "vernemq_operator_build_info",
            "vernemq_operator_http_responses_total", "process_resident_memory_bytes",
        ] {
            #expect(exposition.contains("\n\(name)"), "\(name)")
        }
        #expect(try ask("-o", "/dev/null", "-w", "%{http_code}", "https://\(webhooks)/validate").output == "405")

        #expect(try Executable.run(certs + ["--force", "--days", "7"], in: scratch).status == 0)
        _ = try await server.line(with: #""message":"certificate replaced""#)
        #expect(try mutate()["response"]?["uid"] == "u-1")

        server.send(SIGTERM)
        _ = try await server.line(with: #""message":"draining""#)
        #expect(try ask("-o", "/dev/null", "-w", "%{http_code}", "http://\(metrics)/readyz").output == "503")
        #expect(try mutate()["response"]?["uid"] == "u-1")
        #expect(try await server.end() == 0)
        #expect(try server.printed.split(separator: "\n").allSatisfy { $0.hasPrefix("{") })
    }

    @Test("a second signal ends it at once")
    func secondSignal() async throws {
        let scratch = try Scratch()
        #expect(try Executable.run(["certs", "--out", scratch.path, "--ip", "127.0.0.1"], in: scratch).status == 0)
        let server = try ServeProcess(
            ["--tls-cert", "\(scratch.path)/tls.crt", "--tls-key", "\(scratch.path)/tls.key", "--log-format", "text"],
            in: scratch.path
        )
        _ = try await server.line(with: "NOTICE serving")
        server.send(SIGINT)
        _ = try await server.line(with: "NOTICE draining signal=SIGINT")
        server.send(SIGTERM)
        #expect(try await server.end() == 1)
    }

    @Test("a port that is taken is named")
    func portInUse() async throws {
        let scratch = try Scratch()
        #expect(try Executable.run(["certs", "--out", scratch.path, "--ip", "127.0.0.1"], in: scratch).status == 0)
        let files = ["--tls-cert", "\(scratch.path)/tls.crt", "--tls-key", "\(scratch.path)/tls.key"]
        let server = try ServeProcess(files, in: scratch.path)
        let serving = try JSONValue(parsing: try await server.line(with: #""message":"serving""#))
        let taken = try #require(serving["webhooks"]?.stringValue)
        let outcome = try Executable.run(
            ["serve", "--webhook-only", "--listen", taken, "--metrics-listen", "127.0.0.1:0"] + files,
            in: scratch
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot listen on \(taken): the port is in use"), "\(outcome.errors)")
        server.send(SIGTERM)
        server.send(SIGTERM)
        _ = try await server.end()
    }

    /// A review of a StatefulSet that has not opted in.
    static let review = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1",
        "kind":{"group":"apps","version":"v1","kind":"StatefulSet"},"name":"db","namespace":"demo","operation":"CREATE",
        "object":{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},
        "spec":{"serviceName":"db","template":{"spec":{"containers":[{"name":"db","image":"db"}]}}}}}}
        """
}
