import ArgumentParser
import HTTP
import Logging
import Transport

/// Where `serve` listens.
struct ListeningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where webhooks are served over TLS; :PORT for both IP families.", valueName: "address:port")
    )
    var listen = "0.0.0.0:9443"

    @Option(
        help: ArgumentHelp("Where /healthz, /readyz and /metrics are served in plain HTTP.", valueName: "address:port")
    )
    var metricsListen = "0.0.0.0:8080"

    @Option(help: ArgumentHelp("Threads that serve webhooks.", valueName: "number"))
    var loops = 1

    mutating func validate() throws {
        guard (1...64).contains(loops) else { throw ValidationError("--loops: \(loops) is not within 1 to 64") }
        for (name, text) in [("--listen", listen), ("--metrics-listen", metricsListen)] {
            do throws(TransportError) {
                _ = try SocketAddress(text)
            } catch {
                throw ValidationError("\(name): \(error)")
            }
        }
    }
}

/// What `serve` shows and asks for in TLS handshakes.
struct TLSOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The serving certificate and its intermediates, PEM.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The serving certificate's private key, PEM, unencrypted.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Require client certificates that these authorities (PEM) signed. Default: none are asked for.",
            valueName: "file"
        )
    )
    var clientCa: String?

    @Option(
        help: ArgumentHelp(
            "Answer only clients whose certificate has this common name; may be given several times. Needs --client-ca.",
            valueName: "name"
        )
    )
    var clientName: [String] = []

    @Option(
        help: ArgumentHelp(
            "How often the certificate files are looked at, beside being watched.",
            valueName: "duration"
        )
    )
    var tlsPoll = DurationArgument(.seconds(10))

    mutating func validate() throws {
        guard clientName.isEmpty || clientCa != nil else {
            throw ValidationError("--client-name: names are only as good as who signed them: give --client-ca as well")
        }
        guard tlsPoll.duration >= .milliseconds(100) else {
            throw ValidationError("--tls-poll: at least 100ms")
        }
    }
}

/// Every bound of the webhook server.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Connections served at once; further ones take the place of idle ones, or get 503.",
            valueName: "number"
        )
    )
    var maxConnections = 1024

    @Option(
        help: ArgumentHelp("Bytes of bodies held at once beyond 16 KiB each; more gets 503.", valueName: "bytes")
    )
    var maxHeldBytes = 32 * 1024 * 1024

    @Option(
        help: ArgumentHelp("Further connections that are answered 503; those beyond are closed.", valueName: "number")
    )
    var maxRefusals = 64

    @Option(help: ArgumentHelp("What Retry-After says with 503, in whole seconds.", valueName: "duration"))
    var retryAfter = DurationArgument(.seconds(1))

    @Option(help: ArgumentHelp("Bytes of a request's first line; more gets 414.", valueName: "bytes"))
    var maxRequestLineBytes = 8 * 1024

    @Option(help: ArgumentHelp("Bytes of a request's line and header; more gets 431.", valueName: "bytes"))
    var maxHeaderBytes = 16 * 1024

    @Option(help: ArgumentHelp("Fields of a request's header; more gets 431.", valueName: "number"))
    var maxHeaderFields = 100

    @Option(help: ArgumentHelp("Bytes of a request's body; more gets 413.", valueName: "bytes"))
    var maxBodyBytes = 7 * 1024 * 1024

    @Option(help: ArgumentHelp("Requests after which a connection is closed.", valueName: "number"))
    var maxRequestsPerConnection = 10_000

    @Option(help: ArgumentHelp("Age at which a connection is closed after its next answer.", valueName: "duration"))
    var maxConnectionAge = DurationArgument(.seconds(600))

    @Option(
        help: ArgumentHelp(
            "From accepting to the end of the handshake; without TLS, to the first byte.",
            valueName: "duration"
        )
    )
    var firstByteTimeout = DurationArgument(.seconds(15))

    @Option(help: ArgumentHelp("From a request's first byte to the end of its header.", valueName: "duration"))
    var headerTimeout = DurationArgument(.seconds(15))

    @Option(help: ArgumentHelp("From the end of the header to the end of the body.", valueName: "duration"))
    var bodyTimeout = DurationArgument(.seconds(30))

    @Option(help: ArgumentHelp("From the end of the body to the answer.", valueName: "duration"))
    var requestTimeout = DurationArgument(.seconds(30))

    @Option(help: ArgumentHelp("For a client to take its answer.", valueName: "duration"))
    var writeTimeout = DurationArgument(.seconds(30))

    @Option(help: ArgumentHelp("Before and between the requests of a connection.", valueName: "duration"))
    var idleTimeout = DurationArgument(.seconds(150))

    @Option(
        help: ArgumentHelp(
            "For a client that still sends after an answer that ends the connection.",
            valueName: "duration"
        )
    )
    var lingerTimeout = DurationArgument(.seconds(3))

    @Option(help: ArgumentHelp("Bytes that are still taken from such a client.", valueName: "bytes"))
    var lingerBytes = 16 * 1024 * 1024

    mutating func validate() throws {
        let counts = [
            ("--max-connections", maxConnections, 1...1_000_000),
            ("--max-refusals", maxRefusals, 0...1_000_000),
            ("--max-held-bytes", maxHeldBytes, 0...1 << 40),
            ("--max-request-line-bytes", maxRequestLineBytes, 256...1024 * 1024),
            ("--max-header-bytes", maxHeaderBytes, 1024...1024 * 1024),
            ("--max-header-fields", maxHeaderFields, 8...10_000),
            ("--linger-bytes", lingerBytes, 0...1024 * 1024 * 1024),
            ("--max-body-bytes", maxBodyBytes, 1024...256 * 1024 * 1024 - 1),
            ("--max-requests-per-connection", maxRequestsPerConnection, 1...Int.max),
        ]
        for (name, value, range) in counts where !range.contains(value) {
            throw ValidationError("\(name): \(value) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        let durations = [
            ("--max-connection-age", maxConnectionAge), ("--first-byte-timeout", firstByteTimeout),
            ("--header-timeout", headerTimeout), ("--body-timeout", bodyTimeout), ("--request-timeout", requestTimeout),
            ("--write-timeout", writeTimeout), ("--idle-timeout", idleTimeout), ("--linger-timeout", lingerTimeout),
        ]
        for (name, value) in durations where value.duration <= .zero {
            throw ValidationError("\(name): must be longer than nothing")
        }
    }

    /// Puts the bounds into a server's configuration.
    func apply(to configuration: inout ServerConfiguration) {
        configuration.maximumConnections = maxConnections
        configuration.maximumRefusals = maxRefusals
        configuration.maximumHeldBytes = maxHeldBytes
        configuration.retryAfter = retryAfter.duration
        configuration.limits.requestLineSize = maxRequestLineBytes
        configuration.limits.headSize = maxHeaderBytes
        configuration.limits.fieldCount = maxHeaderFields
        configuration.limits.bodySize = maxBodyBytes
        configuration.maximumRequestsPerConnection = maxRequestsPerConnection
        configuration.maximumConnectionAge = maxConnectionAge.duration
        configuration.firstByteTimeout = firstByteTimeout.duration
        configuration.headTimeout = headerTimeout.duration
        configuration.bodyTimeout = bodyTimeout.duration
        configuration.requestTimeout = requestTimeout.duration
        configuration.writeTimeout = writeTimeout.duration
        configuration.idleTimeout = idleTimeout.duration
        configuration.lingerTimeout = lingerTimeout.duration
        configuration.lingerSize = lingerBytes
    }
}

/// How `serve` ends.
struct DrainOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "After SIGTERM, for how long new connections are still taken: until all have heard that this server goes.",
            valueName: "duration"
        )
    )
    var drainDelay = DurationArgument(.seconds(5))

    @Option(help: ArgumentHelp("After that, for how long requests in flight may go on.", valueName: "duration"))
    var drainGrace = DurationArgument(.seconds(20))

    /// Puts the bounds into a server's configuration.
    func apply(to configuration: inout ServerConfiguration) {
        configuration.drainDelay = drainDelay.duration
        configuration.drainGrace = drainGrace.duration
    }
}

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    /// Forms of a log line.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, text
    }

    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical. Default: info.",
            valueName: "level"
        ),
        transform: { text in
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                throw ValidationError("one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return level
        }
    )
    var logLevel = Logger.Level.info

    @Option(help: ArgumentHelp("json or text.", valueName: "format"))
    var logFormat = Format.json
}
