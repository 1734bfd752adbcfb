package io.osmanthus.snapshots.city;

/**
 * Who comes through the gates at rush hour: few travel much, most travel little. Ranks follow person = count · u³, so
 * that one traveller in a hundred makes a fifth of the trips and one in ten almost half; ranks are scattered over the
 * city. Seven of eight show a card, the others the app, and a share shows a card that nobody has bound (visitors).
 *
 * <p>For one thread: each takes its own, with another seed.
 */
public final class Traffic {
    private final City city;
    private final Draw draw;
    private final Permutation cards;
    private final double unknownShare;

    /**
     * Traffic of a city.
     *
     * @param seed the same seed gives the same travellers
     * @param unknownShare how many show an unknown card, 0 to 1
     */
    public Traffic(City city, long seed, double unknownShare) {
        if (!(unknownShare >= 0 && unknownShare <= 1)) {
            throw new IllegalArgumentException("a share is 0 to 1, found " + unknownShare);
        }
        this.city = city;
        this.draw = new Draw(seed, "traffic").at(0);
        this.cards = new Permutation(city.persons(), Draw.key(city.seed(), "travellers"));
        this.unknownShare = unknownShare;
    }

    /** The token that the next traveller shows. */
    public Token next() {
        if (draw.unit() < unknownShare) {
            return city.unknownCard(draw.next() >>> 1);
        }
        if (city.apps() > 0 && draw.below(8) == 0) {
            return city.token(city.persons() + city.plates() + skewed(city.apps()));
        }
        return city.token(cards.at(skewed(city.persons())));
    }

    private long skewed(long count) {
        double u = draw.unit();
        return (long) (count * (u * u * u));
    }
}
