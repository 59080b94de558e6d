import ArgumentParser

/// `vernemq-operator serve`: the operator itself.
struct ServeCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the admission webhooks.",
        discussion: """
            POST /mutate and POST /validate over TLS; GET /healthz, /readyz and /metrics on a plain port of their own. \
            SIGTERM or SIGINT drains: readiness goes off, requests in flight are answered, the process ends. A second one \
            ends it at once.
            """
    )

    @Flag(help: "Serve webhooks only, which for the time being is all that there is.")
    var webhookOnly = false

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Plugins") var plugins: PluginOptions
    @OptionGroup(title: "Draining") var draining: DrainOptions
    @OptionGroup(title: "Logging") var logging: LogOptions

    func execute(_ console: Console) async -> ExitStatus {
        do {
            let serving = try Serving(self)
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
