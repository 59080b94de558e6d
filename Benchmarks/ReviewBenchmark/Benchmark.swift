import Admission
import Glibc
import HTTP
import Injection
import Logging
import Reviews
import Telemetry

/// Measures what a review costs between the last byte of the request and the first of the answer: reading, deciding,
/// rendering, proving the patch, writing. No socket, no TLS.
///
/// `review-benchmark` prints a table; `review-benchmark BYTES COUNT` answers so many reviews of that size and prints
/// nothing, for a profiler (`valgrind --tool=callgrind`) that counts instructions.
@main
enum Benchmark {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard arguments.count != 2 else {
            return answer(request(bytes: arguments[0]), times: arguments[1])
        }
        print("| review, bytes | answer, bytes | median µs | p99 µs |\n|---:|---:|---:|---:|")
        for size in [2_000, 20_000, 200_000] {
            let request = request(bytes: size)
            let length = service.respond(to: request).body.count
            answer(request, times: 200)
            let clock = ContinuousClock()
            let times = (0..<1000).map { _ in clock.measure { answer(request, times: 1) } }.sorted()
            print("| \(size) | \(length) | \(microseconds(times[500])) | \(microseconds(times[990])) |")
        }
    }

    private static let service = AdmissionService(
        reviewer: Reviewer(injector: Injector(version: "0.0.0")),
        metrics: AdmissionMetrics(registry: MetricRegistry()),
        logger: Logger(label: "benchmark") { JSONLogHandler(label: $0, level: .critical) },
        bodyLimit: 1 << 23
    )

    private static func request(bytes: Int) -> HTTPRequest {
        var request = HTTPRequest(.post, "/mutate", body: Review.make(bytes: bytes))
        request.fields["Content-Type"] = "application/json"
        return request
    }

    private static func answer(_ request: HTTPRequest, times: Int) {
        for _ in 0..<times where service.respond(to: request).status != .ok {
            print("review-benchmark: the review was not answered")
            exit(1)
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }
}
