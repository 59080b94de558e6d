/// A command to run in a container that runs (`kubectl exec`).
public struct PodCommand: Sendable, Hashable {
    /// The pod's namespace.
    public var namespace: String
    /// The pod's name.
    public var pod: String
    /// The container; nil for the pod's only one, or the one that its `kubectl.kubernetes.io/default-container` names.
    public var container: String?
    /// The program and its arguments. No shell is involved. They are seen by everyone who can list the processes of the
    /// container or read the API server's audit log: secrets go to ``standardInput``.
    public var arguments: [String]
    /// What the program reads; nil for a standard input that is closed.
    ///
    /// The protocol cannot end the input: a program that reads to its end waits for ever. See
    /// ``init(namespace:pod:container:feeding:to:)``.
    public var standardInput: [UInt8]?
    /// The most bytes that standard output may have, and again standard error.
    public var outputLimit: Int
    /// What the URL of the API server has in front of its paths.
    var targetPrefix = ""

    /// Describes a command.
    public init(
        namespace: String,
        pod: String,
        container: String? = nil,
        _ arguments: [String],
        standardInput: [UInt8]? = nil,
        outputLimit: Int = 1024 * 1024
    ) {
        self.namespace = namespace
        self.pod = pod
        self.container = container
        self.arguments = arguments
        self.standardInput = standardInput
        self.outputLimit = outputLimit
    }

    /// A command that reads its standard input to the end: `head` passes on so many bytes as there are and ends, and with
    /// it the input. The container needs `/bin/sh` and `head`, as every image with a VerneMQ has. The exit code is the
    /// command's own.
    public init(
        namespace: String,
        pod: String,
        container: String? = nil,
        feeding standardInput: [UInt8],
        to arguments: [String],
        outputLimit: Int = 1024 * 1024
    ) {
        self.init(
            namespace: namespace,
            pod: pod,
            container: container,
            ["/bin/sh", "-c", #"head -c "$0" | "$@""#, String(standardInput.count)] + arguments,
            standardInput: standardInput,
            outputLimit: outputLimit
        )
    }

    /// The target of the request that runs it.
    ///
    /// Source: `k8s.io/api/core/v1` types.go, `PodExecOptions`.
    var target: String {
        var parameters = arguments.map { ("command", $0) }
        if let container { parameters.append(("container", container)) }
        if standardInput != nil { parameters.append(("stdin", "true")) }
        parameters += [("stdout", "true"), ("stderr", "true")]
        let query = parameters.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
        return "\(targetPrefix)\(ResourceType.pods.path(namespace: namespace, name: pod, subresource: "exec"))?\(query)"
    }
}

/// How a command ended.
public struct PodCommandResult: Sendable, Hashable {
    /// What it wrote to standard output.
    public var standardOutput: [UInt8]
    /// What it wrote to standard error.
    public var standardError: [UInt8]
    /// 0 to 255. A shell's 128 + n for a signal, 137 when the container was killed under it.
    public var exitCode: Int

    /// Describes an end.
    public init(standardOutput: [UInt8] = [], standardError: [UInt8] = [], exitCode: Int) {
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.exitCode = exitCode
    }
}
