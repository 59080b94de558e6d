import Testing
import VerneMQ

@Suite("DurationText")
struct DurationTextTests {
    @Test(
        "hours, minutes and seconds in that order become seconds; anything else nothing",
        arguments: [
            ("5m", 300), ("90s", 90), ("1h30m", 5400), ("1h", 3600), ("2h0m1s", 7201), ("0s", 0), ("", nil), ("5", nil),
            ("5M", nil), ("m", nil), ("1m1h", nil), ("1m1m", nil), ("-5m", nil), ("1.5h", nil), ("5 m", nil),
            ("5m ", nil),
            ("500ms", nil), ("999999999h", nil), ("99999999999999999999s", nil), ("٥m", nil),
        ] as [(String, Int?)]
    )
    func seconds(text: String, expected: Int?) {
        #expect(DurationText.seconds(text) == expected)
    }

    @Test(
        "a number of seconds is written as people write it",
        arguments: [(0, "0s"), (90, "1m30s"), (3600, "1h"), (86401, "24h1s")]
    )
    func text(seconds: Int, expected: String) {
        #expect(DurationText.text(seconds: seconds) == expected)
        #expect(DurationText.seconds(expected) == seconds)
    }
}
