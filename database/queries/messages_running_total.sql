-- title: Messages a day with running total and weekly mean
-- purpose: How traffic grows (window frames: all rows so far, and the last seven days).
-- parameter: days integer = 60, how far back
-- look at: generate_series gives days without messages too, so the mean of seven rows is that of seven days
select d.day::date as day,
       count(m.id) as messages,
       sum(count(m.id)) over (order by d.day) as so_far,
       round(avg(count(m.id)) over (order by d.day rows between 6 preceding and current row), 1) as mean_of_7_days
  from generate_series(current_date - :days::integer, current_date, interval '1 day') as d (day)
  left join messages m on m.sent_at >= d.day and m.sent_at < d.day + interval '1 day'
   and m.sent_at >= current_date - :days::integer
 group by d.day
 order by d.day
 limit 400;
