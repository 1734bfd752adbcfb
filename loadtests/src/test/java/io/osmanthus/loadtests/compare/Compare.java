package io.osmanthus.loadtests.compare;

import io.osmanthus.http.ApiKey;
import io.osmanthus.loadtests.BareServer;
import io.osmanthus.loadtests.ChildJvm;
import io.osmanthus.loadtests.DemoCity;
import io.osmanthus.snapshots.city.City;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * This engine beside its peers, in one run: {@code mvn -Pcompare verify}. Everything is started here, on loopback, and ended
 * again; the result is {@code loadtests/RESULTS.md}. Arguments: turns (3), seconds a turn (6). {@code -Dpersons=} (1000000).
 */
public final class Compare {
    private static final int SAMPLE = 2_000;
    private static final int BATCH = 1_000;
    private static final int WARM_UP_SECONDS = 10;
    private static final int PIPELINE = 32;
    private static final int GETS_A_SECOND = 80_000;
    private static final int PIPELINED_GETS_A_SECOND = 600_000;
    private static final double KEYS_A_PERSON = 2.5;
    private static final String XMX = "512m";

    private final int turns;
    private final int seconds;
    private final Path directory;
    private final City city = DemoCity.city();
    private final LocalDate today = LocalDate.now(ZoneId.of("Asia/Shanghai"));
    private final String apiKey = ApiKey.make();
    private final Wrk wrk;

    private Compare(int turns, int seconds, Path directory) throws IOException {
        this.turns = turns;
        this.seconds = seconds;
        this.directory = directory;
        this.wrk = new Wrk(directory, apiKey);
    }

    /** Compares. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 6;
        if (System.getProperty("persons", "").isBlank()) {
            System.setProperty("persons", "1000000");
        }
        Path directory = Files.createTempDirectory("osmanthus-compare");
        try {
            new Compare(turns, seconds, directory).run();
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        Shell.say("building the Spring service");
        Path jar = SpringService.build();
        Shell.say("generating and building a city of %,d persons", city.persons());
        OsmanthusNode.build(directory, city.persons(), city.seed(), today);
        try (RedisServer plain = RedisServer.start(directory.resolve("redis"), false);
                RedisServer store = RedisServer.start(directory.resolve("redis-store"), true)) {
            Map<String, String> facts = Results.facts(city.persons(), turns, seconds, plain.version());
            long plainEmpty = plain.usedBytes();
            long storeEmpty = store.usedBytes();
            plain.fill(directory.resolve("redis-plain.log"), sink -> {
                for (long i = 0; i < city.persons(); i++) {
                    sink.command(List.of("SET", String.format(Locale.ROOT, "key:%012d", i), "0123456789abcdef"));
                }
            });
            Shell.say("writing the city into Redis");
            double nodeBytes = (double) new CityInRedis(city, directory, today).fill(store) / city.persons();
            double plainBytes = (double) (plain.usedBytes() - plainEmpty) / city.persons();
            double storeBytes = (double) (store.usedBytes() - storeEmpty) / city.persons();
            Process bare = bare();
            try (OsmanthusNode node = OsmanthusNode.serve(directory, apiKey, today, XMX);
                    SpringService spring = SpringService.start(jar, store.port(), apiKey, XMX)) {
                compareAnswers(node.address(), spring.address());
                List<Measured> rates = measure(
                        bareAddress(bare), node, spring, plain, store, List.of(nodeBytes, plainBytes, storeBytes));
                new Results(rates, lookUps(), facts).write();
            } finally {
                Shell.end(bare);
            }
        }
    }

    private List<Measured> measure(
            String bare,
            OsmanthusNode node,
            SpringService spring,
            RedisServer plain,
            RedisServer store,
            List<Double> dataBytes)
            throws IOException, InterruptedException {
        for (String address : List.of(bare, node.address(), spring.address())) {
            wrk.checks(address, WARM_UP_SECONDS);
        }
        wrk.subjects(node.address(), WARM_UP_SECONDS, BATCH);
        List<List<Double>> turn = Stream.generate(() -> (List<Double>) new ArrayList<Double>())
                .limit(6)
                .toList();
        for (int i = 0; i < turns; i++) {
            turn.get(0).add(wrk.checks(bare, seconds));
            turn.get(1).add(wrk.checks(node.address(), seconds));
            turn.get(2).add(wrk.checks(spring.address(), seconds));
            turn.get(3).add(wrk.subjects(node.address(), seconds, BATCH));
            turn.get(4).add(Wrk.gets(plain.port(), city.persons(), 1, (long) GETS_A_SECOND * seconds));
            turn.get(5).add(Wrk.gets(plain.port(), city.persons(), PIPELINE, (long) PIPELINED_GETS_A_SECOND * seconds));
            Shell.say(
                    "turn %d: bare %,.0f, osmanthus %,.0f, Spring %,.0f, osmanthus in batches %,.0f, GET %,.0f, pipelined"
                            + " %,.0f",
                    i + 1,
                    turn.get(0).get(i),
                    turn.get(1).get(i),
                    turn.get(2).get(i),
                    turn.get(3).get(i),
                    turn.get(4).get(i),
                    turn.get(5).get(i));
        }
        double persons = city.persons();
        double nodeData = dataBytes.get(0);
        double plainBytes = dataBytes.get(1);
        double storeBytes = dataBytes.get(2);
        double nodeResident = node.residentBytes() / persons;
        double springResident = (spring.residentBytes() + store.residentBytes()) / persons;
        double plainResident = plain.residentBytes() / persons;
        return List.of(
                new Measured("bare Vert.x", "reads the POST, answers a constant", "answers/s", turn.get(0), null, null),
                new Measured(
                        "osmanthus, single",
                        "check with trail, ledger and metrics",
                        "checks/s",
                        turn.get(1),
                        nodeData,
                        nodeResident),
                new Measured(
                        "Spring Boot + Redis",
                        "the same check, access log and metrics",
                        "checks/s",
                        turn.get(2),
                        storeBytes,
                        springResident),
                new Measured(
                        "osmanthus, batch",
                        "the same in batches of 1,000, 16 connections",
                        "checks/s",
                        turn.get(3),
                        nodeData,
                        nodeResident),
                new Measured("Redis GET", "one at a time", "GETs/s", turn.get(4), plainBytes, plainResident),
                new Measured("Redis GET, pipelined", "32 at a time", "GETs/s", turn.get(5), plainBytes, plainResident));
    }

    /** Both services must say the same of the same tokens, or the comparison means nothing. */
    private void compareAnswers(String ours, String theirs) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        int different = 0;
        int benefits = 0;
        try (BufferedReader lines = Files.newBufferedReader(wrk.tokens())) {
            for (int i = 0; i < SAMPLE; i++) {
                String[] token = String.valueOf(lines.readLine()).split(",", 2);
                String body = "{\"scheme\":\"" + token[0] + "\",\"token\":\"" + token[1] + "\"}";
                String our = answer(client, ours, body);
                String their = answer(client, theirs, body);
                if (!our.equals(their)) {
                    different++;
                    Shell.say("%s: ours %s, theirs %s", body, our, their); // a synthetic citizen's
                }
                benefits += our.contains("null") ? 0 : 1;
            }
        }
        Shell.say("%d of %d sample tokens have a benefit; %d answers differ", benefits, SAMPLE, different);
        if (different > 0 || benefits == 0) {
            throw new IOException("the Spring service does not do the same check: " + different + " answers differ");
        }
    }

    private String answer(HttpClient client, String address, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(address + "/v1/scenes/transit/checks"))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + apiKey)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("expected 200 from " + address + ", found " + response.statusCode());
        }
        return response.body().strip();
    }

    private static Process bare() throws IOException {
        List<String> command =
                ChildJvm.command(List.of("-Xmx" + XMX), Map.of(), BareServer.class.getName(), List.of("0", "1"));
        return new ProcessBuilder(Shell.pinned("serverCpu", command))
                .redirectErrorStream(true)
                .start();
    }

    private static String bareAddress(Process bare) throws IOException {
        String line = bare.inputReader().readLine();
        while (line != null && !line.contains("http://")) {
            line = bare.inputReader().readLine();
        }
        if (line == null) {
            throw new IOException("the bare server did not start");
        }
        return line.replaceAll(".*(http://[0-9.:]+).*", "$1");
    }

    /** In a JVM of their own, when everything else has gone quiet. */
    private List<Measured> lookUps() throws IOException, InterruptedException {
        int keys = (int) (city.persons() * KEYS_A_PERSON);
        String output = Shell.run(Shell.pinned(
                "serverCpu",
                ChildJvm.command(
                        List.of("-Xmx3g"),
                        Map.of(),
                        LookUps.class.getName(),
                        List.of(String.valueOf(keys), String.valueOf(2 * turns + 1)))));
        String what = String.format(Locale.ROOT, "a random one of %,d keys of 128 bits → a number", keys);
        return List.of(
                new Measured(
                        "osmanthus",
                        what,
                        "ns",
                        numbers(output, "lookup osmanthus"),
                        number(output, "osmanthus"),
                        null),
                new Measured("Hollow", what, "ns", numbers(output, "lookup hollow"), number(output, "hollow"), null));
    }

    private static List<Double> numbers(String output, String start) {
        String line = output.lines()
                .filter(candidate -> candidate.startsWith(start))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.substring(start.length()).strip().split(" ", -1))
                .map(Double::valueOf)
                .toList();
    }

    private static double number(String output, String name) {
        return numbers(output, "memory " + name).get(0);
    }
}
