import { MetricStore } from "../../../../rehearsal/cloud/cloudwatch/metric-store";

describe("the gateway's metrics", () => {
  let now = 1000;
  const store = new MetricStore({ now: () => now, milliseconds: (awsSeconds) => awsSeconds });
  const metric = (name: string, ...dimensions: [string, string][]) => ({
    namespace: "AWS/ApplicationELB",
    name,
    dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  });

  it("are one for each name and set of dimensions, in whatever order", () => {
    store.record(metric("Requests", ["a", "1"], ["b", "2"]), 7);
    expect(store.values(metric("Requests", ["b", "2"], ["a", "1"]), 0, 2000)).toEqual([7]);
    for (const other of [
      metric("Requests", ["a", "1"]),
      metric("Requests"),
      metric("Hosts", ["a", "1"], ["b", "2"]),
    ])
      expect(store.values(other, 0, 2000)).toEqual([]);
  });

  it("belong to the period in which they were measured", () => {
    const hosts = metric("Hosts");
    for (const at of [1000, 1059, 1060]) {
      now = at;
      store.record(hosts, at);
    }
    expect(store.values(hosts, 1000, 1060)).toEqual([1000, 1059]);
    expect(store.values(hosts, 1060, 1120)).toEqual([1060]);
  });

  it("are kept for a day", () => {
    const old = metric("Old");
    store.record(old, 1);
    now += 24 * 3600 + 1;
    store.record(old, 2);
    expect(store.values(old, 0, Infinity)).toEqual([2]);
  });
});
