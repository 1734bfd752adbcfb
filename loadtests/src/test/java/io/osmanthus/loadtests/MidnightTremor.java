package io.osmanthus.loadtests;

import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.city.City;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A midnight at which every consent for transit ends, under a steady load of half the saturation rate: whether the first check
 * of the new day is right, and how the latencies of the time after 00:00 stand against those before. Real sockets, a server
 * in a process of its own ({@link MidnightServer}) whose clock is told when it is midnight.
 *
 * <p>Arguments: persons (200000; some two of three have such a consent), seconds before and after midnight (20; the bar is
 * about a minute). System properties: {@code serverCpu} (0) and {@code wrkCpu} (1).
 */
public final class MidnightTremor {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    private static final long SEED = 7;
    private static final int LOAD_SECONDS_MAX = 900;
    private static final Pattern PREPARED = Pattern.compile("^prepared$");
    private static final Pattern MIDNIGHT = Pattern.compile("^midnight at (\\d+)$");

    private MidnightTremor() {}

    /** Measures. */
    public static void main(String[] args) throws Exception {
        long persons = args.length > 0 ? Long.parseLong(args[0]) : 200_000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        boolean held;
        Workshop workshop = Workshop.temporary("midnight");
        try {
            long ending = make(workshop, persons);
            Rehearsal.say("%,d persons; %,d consents for transit end at midnight", persons, ending);
            held = run(workshop, new City(persons, 0, SEED, DAY), seconds);
        } finally {
            workshop.tidy();
        }
        if (!held) {
            System.exit(1);
        }
    }

    private static long make(Workshop workshop, long persons) throws IOException, InterruptedException {
        Path delivery = workshop.directory().resolve("delivery");
        workshop.osmanthus(
                "generate",
                "--persons=" + persons,
                "--organisations=0",
                "--seed=" + SEED,
                "--as-of=" + DAY,
                "--out=" + delivery);
        long ending = endTonight(delivery.resolve("consents.csv"));
        workshop.osmanthus(
                "build",
                "--delivery=" + delivery,
                "--store=" + workshop.directory().resolve("store"),
                "--config=" + workshop.config(),
                "--as-of=" + DAY);
        Workshop.remove(delivery);
        return ending;
    }

    /** Has every consent for transit that holds today end tonight; how many these are. */
    private static long endTonight(Path consents) throws IOException {
        Path changed = consents.resolveSibling("consents.changed");
        String today = DAY.toString();
        long ending = 0;
        try (BufferedReader in = Files.newBufferedReader(consents);
                BufferedWriter out = Files.newBufferedWriter(changed)) {
            out.write(in.readLine() + "\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] fields = line.split(",", 5);
                if (fields[1].equals("transit") && fields[2].compareTo(today) > 0) {
                    continue; // some of these begin at midnight, and are answered a benefit from then on
                }
                boolean holds = fields[2].compareTo(today) <= 0
                        && fields[2].compareTo(DAY.minusYears(2).toString()) > 0
                        && (fields[3].isEmpty() || fields[3].compareTo(today) > 0);
                if (holds && fields[1].equals("transit")) {
                    fields[3] = DAY.plusDays(1).toString();
                    ending++;
                }
                out.write(String.join(",", fields));
                out.write('\n');
            }
        }
        Files.move(changed, consents, StandardCopyOption.REPLACE_EXISTING);
        return ending;
    }

    private static boolean run(Workshop workshop, City city, int seconds) throws Exception {
        String loopCpu = DemoCity.text("serverCpu", "0");
        String restCpu = DemoCity.text("wrkCpu", "1");
        MeasuredServer.pinSelf(restCpu);
        Path config = workshop.directory().resolve("config");
        String key = workshop.configure(config);
        SnapshotStore store = SnapshotStore.open(workshop.directory().resolve("store"));
        List<String> command = new java.util.ArrayList<>(
                List.of(System.getProperty("osmanthus.jvm", "").strip().split("\\s+")));
        command.removeIf(String::isEmpty);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                MidnightServer.class.getName(),
                store.directory().toString(),
                config.toString(),
                DAY.toString()));
        Path log = workshop.directory().resolve("serve.log");
        try (MeasuredServer server = MeasuredServer.start(command, Workshop.environment(), log, loopCpu, restCpu)) {
            Rehearsal rehearsal = new Rehearsal(city, "transit", key);
            rehearsal.run(server, playing -> {
                server.tell("prepare");
                server.line(PREPARED, LOAD_SECONDS_MAX);
                Thread.sleep(2_000);
                playing.phase(0);
                server.tell("run " + seconds);
                Matcher at = server.line(MIDNIGHT, LOAD_SECONDS_MAX);
                long midnight = Long.parseLong(at.group(1));
                playing.nothingFrom(midnight);
                while (System.nanoTime() < midnight) {
                    Thread.sleep(1);
                }
                playing.phase(1);
                Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
                playing.phase(2);
            });
            return rehearsal.report();
        }
    }
}
