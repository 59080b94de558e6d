import KubernetesClient
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "RFC 3339 is read and written",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-25T17:50:42Z", 1_795_629_042, 0),
            ("2026-11-25T18:50:42.000123+01:00", 1_795_629_042, 123), ("2000-02-29T12:00:00.5Z", 951_825_600, 500_000),
        ]
    )
    func reading(_ text: String, _ seconds: Int, _ microseconds: Int) {
        let read = Timestamp(text)
        #expect(read == Timestamp(seconds: seconds, microseconds: microseconds))
        #expect(read.flatMap { Timestamp($0.microText) } == read)
    }

    @Test(
        "What is no RFC 3339 is refused",
        arguments: ["", "2026-11-25", "2026-11-25T17:50:42", "2026-13-01T00:00:00Z", "x"]
    )
    func refusing(_ text: String) {
        #expect(Timestamp(text) == nil)
    }
}
