package io.osmanthus.snapshots.city;

/** The ten units of Suzhou with their residents by the census of 2020 (第七次全国人口普查): persons live in proportion. */
enum District {
    HUQIU("320505", "320505", 832_499),
    WUZHONG("320506", "320506", 1_388_972),
    XIANGCHENG("320507", "320507", 891_055),
    GUSU("320508", "320508", 924_083),
    WUJIANG("320509", "320509", 1_545_023),
    PARK("320576", "320594", 1_133_927),
    CHANGSHU("320581", "320581", 1_677_050),
    ZHANGJIAGANG("320582", "320582", 1_432_044),
    KUNSHAN("320583", "320583", 2_092_496),
    TAICANG("320585", "320585", 831_113);

    private static final District[] ALL = values();
    private static final int RESIDENTS = residentsOfAll();

    final String code;

    /** The code in organisation codes: the industrial park has one of its own there. */
    final String registrationCode;

    private final int residents;

    District(String code, String registrationCode, int residents) {
        this.code = code;
        this.registrationCode = registrationCode;
        this.residents = residents;
    }

    static District draw(Draw draw) {
        int resident = draw.below(RESIDENTS);
        int last = ALL.length - 1;
        for (int i = 0; i < last; i++) {
            resident -= ALL[i].residents;
            if (resident < 0) {
                return ALL[i];
            }
        }
        return ALL[last];
    }

    private static int residentsOfAll() {
        int sum = 0;
        for (District district : ALL) {
            sum += district.residents;
        }
        return sum;
    }
}
