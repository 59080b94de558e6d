import Document
import Glibc
import Transport

extension ExecPlugin {
    private static let timeout: Duration = .seconds(60)

    /// Runs the program and reads the credential that it prints.
    func issue() async throws(AccessError) -> Credential {
        var variables = environment.mapValues(\.revealed)
        variables["KUBERNETES_EXEC_INFO"] = question.serializedString()
        let process = Subprocess(command, arguments, environment: variables, timeout: Self.timeout)
        let result: Subprocess.Result
        do throws(TransportError) { result = try await process.run() } catch {
            guard case .system(_, let code) = error else { throw .transport(error) }
            let hint = installHint.isEmpty ? "check the path in the kubeconfig and PATH" : installHint
            throw failure(code == ENOENT ? "it is not there: \(hint)" : "it cannot be started (\(error))")
        }
        switch result.end {
        case .exited(0): return try credential(in: result.output)
        case .exited(let status): throw failure("it ended with status \(status)" + Self.excerpt(of: result.errors))
        case .signalled(let signal): throw failure("it was ended by signal \(signal)" + Self.excerpt(of: result.errors))
        case .timedOut: throw failure("it did not end within \(Self.timeout); does it wait for somebody to type?")
        case .printedTooMuch: throw failure("it printed more than \(process.outputLimit) bytes")
        }
    }

    private var question: JSONValue {
        var spec: JSONObject = ["interactive": false]
        if let clusterInfo { spec["cluster"] = clusterInfo }
        return ["apiVersion": .string(version.rawValue), "kind": "ExecCredential", "spec": .object(spec)]
    }

    /// Reads an `ExecCredential`. Its text is a secret: no message repeats it.
    func credential(in output: [UInt8]) throws(AccessError) -> Credential {
        let answer: JSONValue
        do throws(JSONError) { answer = try JSONValue(parsing: output) } catch {
            throw failure("what it printed is no JSON")
        }
        guard answer["kind"]?.stringValue == "ExecCredential" else {
            throw failure("what it printed is no ExecCredential")
        }
        guard let spoken = answer["apiVersion"]?.stringValue, spoken == version.rawValue else {
            throw failure("it speaks another version than the \(version.rawValue) that the kubeconfig asks for")
        }
        guard let status = answer["status"]?.objectValue else { throw failure("its ExecCredential has no status") }
        var credential = Credential()
        if let token = status["token"]?.stringValue, !token.isEmpty {
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw failure("its token has characters that no token has")
            }
            credential.authorization = Secret("Bearer \(token)")
        }
        let chain = status["clientCertificateData"]?.stringValue ?? ""
        let key = status["clientKeyData"]?.stringValue ?? ""
        guard chain.isEmpty == key.isEmpty else {
            throw failure("it gave a certificate without a key, or a key without a certificate")
        }
        if !chain.isEmpty {
            credential.identity = TLSIdentity(certificateChain: Array(chain.utf8), privateKey: Array(key.utf8))
        }
        guard credential.authorization != nil || credential.identity != nil else {
            throw failure("it gave neither a token nor a certificate")
        }
        if let text = status["expirationTimestamp"]?.stringValue, !text.isEmpty {
            guard let moment = Timestamp(text) else { throw failure("its expirationTimestamp is no time by RFC 3339") }
            credential.expiresAt = moment.seconds
        }
        return credential
    }

    private func failure(_ reason: String) -> AccessError {
        .plugin(command: command, reason: reason)
    }

    private static func excerpt(of errors: [UInt8]) -> String {
        let text = String(decoding: errors.prefix(500), as: UTF8.self).trimmingWhitespace
        return text.isEmpty ? "" : ": \(text)"
    }
}
