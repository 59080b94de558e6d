import Document
public import Transport

/// The files in which kubectl keeps clusters, users and contexts.
///
/// Source: the Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files", and
/// `k8s.io/client-go/tools/clientcmd`: of several files the first that names something counts, `current-context` too;
/// relative paths are relative to the file that they stand in; files of `KUBECONFIG` that do not exist are passed over.
public struct KubeConfig: Sendable {
    /// A file that has been read.
    public struct File: Sendable {
        /// Its path, for messages and for relative paths in it.
        public var path: String
        /// Its bytes.
        public var content: [UInt8]

        /// Names a file.
        public init(path: String, content: [UInt8]) {
            self.path = path
            self.content = content
        }
    }

    /// Something that has a name, and where it stands.
    struct Entry: Sendable {
        var value: JSONValue
        var reader: KubeConfigReader
    }

    var clusters: [String: Entry] = [:]
    var users: [String: Entry] = [:]
    var contexts: [String: Entry] = [:]
    /// The name of the context that is meant where none is given.
    public internal(set) var currentContext: String?
    /// The names of the contexts, in order.
    public var contextNames: [String] { contexts.keys.sorted() }

    /// Reads files, the first of which counts most.
    ///
    /// - Throws: everything that keeps the files from being understood.
    public init(_ files: [File]) throws(KubeConfigError) {
        var faults: [KubeConfigError.Fault] = []
        for file in files { take(file, &faults) }
        guard faults.isEmpty else { throw KubeConfigError(faults: faults) }
    }

    /// Reads the files that kubectl would read.
    ///
    /// - Parameters:
    ///   - path: one file to read in their stead (`--kubeconfig`); it must exist.
    ///   - environment: where `KUBECONFIG` and `HOME` are looked up.
    /// - Throws: what is wrong with them; also when there is none.
    public static func load(
        path: String? = nil,
        environment: (String) -> String? = Subprocess.environmentValue
    ) throws(KubeConfigError) -> KubeConfig {
        var files: [File] = []
        var faults: [KubeConfigError.Fault] = []
        let (paths, mustExist) = Self.paths(path, environment)
        for path in paths {
            do throws(TransportError) {
                files.append(File(path: path, content: try FileContents.read(path)))
            } catch {
                if error.isNoSuchFile, !mustExist { continue }
                faults.append(
                    .init(file: path, position: nil, problem: "\(error)", remedy: "check the path and its permissions")
                )
            }
        }
        if files.isEmpty, faults.isEmpty {
            let places = paths.isEmpty ? "HOME is not set" : "none of \(paths.joined(separator: ", ")) exists"
            let remedy = "set KUBECONFIG, or run inside of a cluster"
            faults.append(.init(file: "", position: nil, problem: "there is no kubeconfig: \(places)", remedy: remedy))
        }
        guard faults.isEmpty else { throw KubeConfigError(faults: faults) }
        return try KubeConfig(files)
    }

    private static func paths(_ path: String?, _ environment: (String) -> String?) -> ([String], mustExist: Bool) {
        if let path, !path.isEmpty { return ([path], true) }
        if let list = environment("KUBECONFIG"), !list.isEmpty {
            var paths: [String] = []
            for path in list.split(separator: ":").map(String.init) where !paths.contains(path) { paths.append(path) }
            return (paths, false)
        }
        guard let home = environment("HOME"), !home.isEmpty else { return ([], false) }
        return (["\(home)/.kube/config"], false)
    }

    private mutating func take(_ file: File, _ faults: inout [KubeConfigError.Fault]) {
        let documents: [YAMLDocument]
        do throws(YAMLError) { documents = try YAMLDocument.parse(file.content) } catch {
            faults.append(
                .init(
                    file: file.path,
                    position: error.mark.map(\.description),
                    problem: "it is no YAML (\(error.problem))",
                    remedy: "compare with what \"kubectl config view\" prints"
                )
            )
            return
        }
        guard let document = documents.first(where: { !$0.value.isNull }) else { return }
        let reader = KubeConfigReader(path: file.path, document: document)
        guard document.value.objectValue != nil else {
            faults.append(reader.fault(.root, "it is no mapping", "a kubeconfig has clusters, users and contexts"))
            return
        }
        if let kind = document.value["kind"]?.stringValue, kind != "Config" {
            faults.append(reader.fault(["kind"], "its kind is \(kind)", "a kubeconfig is of kind Config"))
            return
        }
        reader.collect("clusters", "cluster", into: &clusters, &faults)
        reader.collect("users", "user", into: &users, &faults)
        reader.collect("contexts", "context", into: &contexts, &faults)
        if let name = document.value["current-context"]?.stringValue, !name.isEmpty, currentContext == nil {
            currentContext = name
        }
    }
}

extension TransportError {
    var isNoSuchFile: Bool {
        if case .system("open", let code) = self { code == Self.noSuchFile } else { false }
    }

    /// ENOENT on Linux.
    private static var noSuchFile: CInt { 2 }
}
