import ArgumentParser

/// Which Kubernetes `serve` works on, and as whom.
struct ClusterOptions: ParsableArguments {
    @OptionGroup var access: AccessOptions

    @Option(
        help: ArgumentHelp(
            "Look after the objects of this namespace only. Default: of all namespaces.",
            valueName: "name"
        )
    )
    var namespace: String?

    @Option(
        help: ArgumentHelp(
            "The namespace of the operator's own Lease and certificate. Default: $POD_NAMESPACE, else that of the "
                + "credentials, else default.",
            valueName: "name"
        )
    )
    var operatorNamespace: String?

    @Option(help: ArgumentHelp("Requests a second to the API server, on average.", valueName: "number"))
    var apiRate = 50.0

    @Option(help: ArgumentHelp("Requests to the API server at once after a pause.", valueName: "number"))
    var apiBurst = 200

    mutating func validate() throws {
        guard (1...10_000).contains(apiRate) else { throw ValidationError("--api-rate: not within 1 to 10000") }
        guard (1...100_000).contains(apiBurst) else { throw ValidationError("--api-burst: not within 1 to 100000") }
    }
}

/// How the controllers run.
struct ControllerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Name of the Lease by which replicas elect one of them.", valueName: "name"))
    var lease = "vernemq-operator"

    @Option(
        help: ArgumentHelp(
            "Who this replica is in the Lease. Default: $POD_NAME, else the host name, and a random part.",
            valueName: "name"
        )
    )
    var identity: String?

    @Option(help: ArgumentHelp("How long others wait before they take a Lease over.", valueName: "duration"))
    var leaseDuration = DurationArgument(.seconds(15))

    @Option(help: ArgumentHelp("How long the holder tries to renew it before it stops leading.", valueName: "duration"))
    var renewDeadline = DurationArgument(.seconds(10))

    @Option(help: ArgumentHelp("Between two tries to get or renew the Lease.", valueName: "duration"))
    var retryPeriod = DurationArgument(.seconds(2))

    @Option(help: ArgumentHelp("Objects that are worked on at the same time.", valueName: "number"))
    var workers = 4

    @Option(
        help: ArgumentHelp(
            "How often everything is looked at again though nothing is known to have changed.",
            valueName: "duration"
        )
    )
    var resync = DurationArgument(.seconds(300))

    @Option(
        help: ArgumentHelp(
            "How long a broker runs before it is restarted for its settings, where a resource wants that.",
            valueName: "duration"
        )
    )
    var minimumUptime = DurationArgument(.seconds(600))

    mutating func validate() throws {
        guard (1...256).contains(workers) else { throw ValidationError("--workers: not within 1 to 256") }
        guard retryPeriod.duration >= .milliseconds(100), retryPeriod.duration < renewDeadline.duration,
            renewDeadline.duration < leaseDuration.duration
        else {
            throw ValidationError(
                "--retry-period must be at least 100ms and shorter than --renew-deadline, and that shorter than "
                    + "--lease-duration: a holder must have stopped before another takes over"
            )
        }
        guard resync.duration >= .seconds(1) else { throw ValidationError("--resync: at least 1s") }
        guard minimumUptime.duration >= .zero else { throw ValidationError("--minimum-uptime: not less than nothing") }
    }
}

/// Where the webhooks' certificate comes from.
struct CertificateOptions: ParsableArguments {
    /// Who makes it.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        /// The operator itself.
        case own = "self"
        /// Somebody else, into files.
        case files
    }

    @Option(
        help: ArgumentHelp(
            "self: the operator makes and renews it, keeps it in a Secret, and the authority in the webhook "
                + "configurations; files: it is read from --tls-cert and --tls-key. Default: files if those are given, "
                + "else self."
        )
    )
    var certificates: Mode?

    @Option(help: ArgumentHelp("With self: the Secret, in the operator's namespace.", valueName: "name"))
    var certificateSecret = "vernemq-operator-tls"

    @Option(
        help: ArgumentHelp(
            "With self: a further name or IP address that the certificate is for; may be given several times.",
            valueName: "name"
        )
    )
    var certificateName: [String] = []

    @Option(
        help: ArgumentHelp(
            "With self: the name of the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration.",
            valueName: "name"
        )
    )
    var webhookConfiguration = "vernemq-operator"

    @Option(
        help: ArgumentHelp("With self: the Service by which the API server calls the webhooks.", valueName: "name")
    )
    var webhookService = "vernemq-operator"

    /// What is meant.
    func mode(_ tls: TLSOptions) -> Mode {
        certificates ?? (tls.tlsCert == nil && tls.tlsKey == nil ? .own : .files)
    }
}
