// swift-tools-version: 6.2
import PackageDescription

/// Settings shared by every Swift target of this package.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library of the product. Targets stand in layer order: a target depends only on targets above it in this file.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// The tests of one library, or of one promise that spans several.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "vernemq-operator",
    products: [.executable(name: "vernemq-operator", targets: ["vernemq-operator"])],
    dependencies: [
        // Exact versions, because Package.resolved is not committed.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // C modules
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CConfigurationSchema", exclude: ["schema.json"]),

        // Documents and plumbing
        library("Document", ["CLibYAML"]),
        library("Telemetry", [logging]),
        library("Transport", ["CLinux", "COpenSSL"]),
        library("PKI", ["COpenSSL"]),
        library("HTTP", ["Transport", "Telemetry", logging]),

        // The domain: pure, no I/O, no clock
        library("Kubernetes", ["Document"]),
        library("VerneMQ", ["CConfigurationSchema", "Document"]),
        library("LiveConfiguration", ["Document", "VerneMQ"]),
        library("Injection", ["Document", "Kubernetes", "VerneMQ"], resources: [.embedInCode("Scripts")]),
        library("Membership", ["Document", "Kubernetes", "VerneMQ"]),
        library("Workload", ["Document", "Injection", "Kubernetes", "LiveConfiguration", "Membership", "VerneMQ"]),

        // The way to the API server
        library("KubernetesClient", ["Document", "HTTP", "Kubernetes", "Telemetry", "Transport", logging]),

        // What keeps clusters as they should be
        library(
            "Controller",
            [
                "Document", "HTTP", "Injection", "Kubernetes", "KubernetesClient", "LiveConfiguration", "Membership",
                "PKI", "Telemetry", "Transport", "VerneMQ", "Workload", logging,
            ]
        ),

        // The doors
        library(
            "Admission",
            ["Document", "HTTP", "Injection", "Kubernetes", "Telemetry", "Transport", "VerneMQ", logging]
        ),
        library(
            "Command",
            [
                "Admission", "Controller", "Document", "HTTP", "Injection", "Kubernetes", "KubernetesClient", "PKI",
                "Telemetry", "Transport", "VerneMQ", argumentParser, logging,
            ]
        ),
        .executableTarget(name: "vernemq-operator", dependencies: ["Command"], swiftSettings: settings),

        // Tests
        // A VerneMQ cluster and its Kubernetes as the hooks see them, the hooks run against it, and both as a simulation.
        .target(name: "CRig", path: "Tests/CRig"),
        .target(
            name: "BrokerDouble",
            dependencies: ["CLinux", "COpenSSL", "CRig", "Document", "Membership", "VerneMQ"],
            path: "Tests/BrokerDouble",
            // Optimized in debug builds too: the simulation lives through thousands of hours.
            swiftSettings: settings + [.unsafeFlags(["-O"])]
        ),
        tests("DocumentTests", ["Document"]),
        tests("TelemetryTests", ["Telemetry", logging]),
        tests("TransportTests", ["Transport", "PKI"]),
        tests("PKITests", ["PKI"]),
        tests("HTTPTests", ["HTTP", "Transport", "PKI", "Telemetry", logging]),
        tests("KubernetesTests", ["Kubernetes", "Document"]),
        tests(
            "KubernetesClientTests",
            ["KubernetesClient", "Document", "HTTP", "Kubernetes", "PKI", "Telemetry", "Transport", logging]
        ),
        tests(
            "ControllerTests",
            [
                "BrokerDouble", "Controller", "Document", "HTTP", "Injection", "Kubernetes", "KubernetesClient",
                "LiveConfiguration", "Membership", "PKI",
                "Telemetry", "Transport", "VerneMQ", "Workload", logging,
            ]
        ),
        tests("VerneMQTests", ["VerneMQ", "Document"]),
        tests("LiveConfigurationTests", ["LiveConfiguration", "Document", "VerneMQ"]),
        tests(
            "InjectionTests",
            ["Injection", "Document", "VerneMQ"],
            resources: [.copy("Fixtures"), .copy("Golden")]
        ),
        tests(
            "WorkloadTests",
            ["Workload", "Document", "Injection", "Kubernetes", "Membership", "VerneMQ"],
            resources: [.copy("Fixtures"), .copy("Golden")]
        ),
        tests(
            "AdmissionTests",
            ["Admission", "Document", "HTTP", "Injection", "Kubernetes", "VerneMQ", "Telemetry", logging]
        ),
        tests(
            "CommandTests",
            [
                "Command", "Controller", "Document", "Injection", "Kubernetes", "PKI", "Telemetry", "vernemq-operator",
            ]
        ),

        tests("HookTests", ["BrokerDouble", "Document", "Injection"]),
        tests("MembershipTests", ["BrokerDouble", "Membership", "Document"]),
        tests(
            "PluginTests",
            ["BrokerDouble", "Document", "Injection", "VerneMQ"],
            resources: [.copy("Servers"), .copy("Fixtures")]
        ),
        tests(
            "EndToEndTests",
            [
                "BrokerDouble", "Controller", "Document", "HTTP", "Kubernetes", "KubernetesClient", "PKI", "Telemetry",
                "Transport", "VerneMQ", "vernemq-operator", logging,
            ]
        ),
    ]
)

// Benchmarks/run asks for it; nobody else needs to build it.
if Context.environment["BENCHMARKS"] != nil {
    package.targets += [
        .target(name: "BenchmarkSupport", path: "Benchmarks/Support", swiftSettings: settings),
        .target(name: "Reviews", path: "Benchmarks/Reviews", swiftSettings: settings),
        .executableTarget(
            name: "review-benchmark",
            dependencies: ["Admission", "HTTP", "Injection", "Telemetry", "Reviews", logging],
            path: "Benchmarks/ReviewBenchmark",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "webhook-benchmark",
            dependencies: ["BenchmarkSupport", "HTTP", "PKI", "Reviews", "Telemetry", "Transport", logging],
            path: "Benchmarks/WebhookBenchmark",
            swiftSettings: settings
        ),
        .executableTarget(name: "floor", dependencies: ["COpenSSL"], path: "Benchmarks/Floor"),
        .executableTarget(
            name: "controller-benchmark",
            dependencies: [
                "BenchmarkSupport", "Document", "HTTP", "Kubernetes", "KubernetesClient", "Telemetry", "Transport",
                logging,
            ],
            path: "Benchmarks/ControllerBenchmark",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "configuration-benchmark",
            dependencies: ["VerneMQ"],
            path: "Benchmarks/ConfigurationBenchmark",
            swiftSettings: settings
        ),
    ]
}

// Scripts/fuzz asks for them: they link only with -sanitize=fuzzer.
if Context.environment["FUZZ"] != nil {
    func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name,
            dependencies: ["Fuzzing"] + dependencies,
            path: "Fuzz/\(name)",
            swiftSettings: settings
        )
    }
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .target(name: "Fuzzing", dependencies: ["CFuzzer"], path: "Fuzz/Fuzzing", swiftSettings: settings),
        fuzzer("FuzzConfiguration", ["VerneMQ"]),
        fuzzer("FuzzHTTP", ["HTTP"]),
        fuzzer("FuzzJSON", ["Document"]),
        fuzzer("FuzzKubeConfig", ["KubernetesClient"]),
        fuzzer("FuzzPatch", ["Document"]),
        fuzzer("FuzzResource", ["Document", "VerneMQ"]),
        fuzzer(
            "FuzzReview",
            [
                "Admission", "Document", "HTTP", "Injection", "Kubernetes", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        fuzzer("FuzzWebSocket", ["HTTP"]),
        fuzzer("FuzzYAML", ["Document"]),
    ]
}

// ONLY=VerneMQTests,HTTPTests swift test: those targets and what they stand on, for quick turns on one module.
if let only = Context.environment["ONLY"] {
    var wanted = Set(only.split(separator: ",").map(String.init))
    // Targets stand in layer order, so that one pass from the end meets every dependent before what it depends on.
    for target in package.targets.reversed() where wanted.contains(target.name) {
        for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products.removeAll { _ in !wanted.contains("vernemq-operator") }
}
