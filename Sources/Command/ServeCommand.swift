import ArgumentParser

/// `vernemq-operator serve`: the operator itself.
struct ServeCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the operator: admission webhooks and controllers.",
        discussion: """
            POST /mutate and POST /validate over TLS; GET /healthz, /readyz and /metrics on a plain port of their own. \
            All replicas answer webhooks; one of them, elected by a Lease, runs the controllers. \
            SIGTERM or SIGINT drains: the Lease is given back, readiness goes off, requests in flight are answered, the \
            process ends. A second one ends it at once.
            """
    )

    @Flag(help: "Serve webhooks, and run no controllers. With --certificates files the API server is asked nothing.")
    var webhookOnly = false

    @Flag(help: "Run controllers, and serve no webhooks.")
    var controllersOnly = false

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Controllers") var controllers: ControllerOptions
    @OptionGroup(title: "Certificates") var certificates: CertificateOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Plugins") var plugins: PluginOptions
    @OptionGroup(title: "Draining") var draining: DrainOptions
    @OptionGroup(title: "Logging") var logging: LogOptions

    mutating func validate() throws {
        guard !webhookOnly || !controllersOnly else {
            throw ValidationError("--webhook-only and --controllers-only exclude each other")
        }
        guard !controllersOnly else { return }
        switch certificates.mode(tls) {
        case .files where tls.tlsCert == nil || tls.tlsKey == nil:
            throw ValidationError("--certificates files needs --tls-cert and --tls-key")
        case .own where tls.tlsCert != nil || tls.tlsKey != nil:
            throw ValidationError("--tls-cert and --tls-key are for --certificates files")
        default: break
        }
    }

    func execute(_ console: Console) async -> ExitStatus {
        do {
            let serving = try await Serving(self)
            try await serving.run()
            return .success
        } catch let error as StartError {
            console.report("error: \(error)")
            return .failure
        } catch {
            console.report("error: the server stopped: \(error)")
            return .failure
        }
    }
}

/// Why `serve` does not start, with what to do about it.
struct StartError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
